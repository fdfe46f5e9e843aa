// SPDX-License-Identifier: Apache-2.0
//
// The inputs of data/cases with their right values, each by the standard its expected.txt names. Values are written by
// hand, never taken from a run.
using Weir.Contracts.Scopes;

namespace Weir.Tests.Conformance;

/// <summary>Every case.</summary>
internal static class FieldCases
{
    private const string TwoInfected = "infected 198.51.100.10, 198.51.100.20";

    public static IReadOnlyList<FieldCase> All { get; } = [.. Exports(), .. Findings(), .. Lists(), .. Complaints(), .. Identity()];

    private static IEnumerable<FieldCase> Exports() =>
    [
        Flows(
            "field/01-nat-two-exporters", "field/01-nat-two-exporters/in.pcap",
            "6 x 198.51.100.10:51000 > 203.0.113.66:443 6 6/900; 6 x 198.51.100.20:52000 > 203.0.113.66:443 6 7/700; "
            + "6 x 203.0.113.66:443 > 198.51.100.10:51000 6 5/4000; 6 x 203.0.113.66:443 > 198.51.100.20:52000 6 4/3000"),
        Flows(
            "field/02-two-sequences-one-source", "field/02-two-sequences-one-source/in.pcap",
            "60 x 198.51.100.10:51000 > 203.0.113.66:443 6 6/900; 60 x 198.51.100.20:51001 > 203.0.113.66:443 6 6/900; "
            + "60 x 203.0.113.66:443 > 198.51.100.10:51000 6 5/4000; 60 x 203.0.113.66:443 > 198.51.100.20:51001 6 5/4000"),
        new("field/02-two-sequences-one-source (loss)", "0 lost, 0 restarts, 0 sets without template",
            () => Reading.Losses("field/02-two-sequences-one-source/in.pcap")),
        new("field/03-sampler-in-other-domain", "sampling 100 by options; 1200 packets estimated",
            () => Reading.Sampling("field/03-sampler-in-other-domain/in.pcap")),
        Flows(
            "field/09-total-counters", "field/09-total-counters/in.pcap",
            "4 x 198.51.100.10:51000 > 203.0.113.66:443 17 1/1518; 1 x 198.51.100.10:51000 > 203.0.113.66:443 17 4/6076"),
        Flows(
            "field/10-ingress-and-egress", "field/10-ingress-and-egress/in.pcap",
            "300 x 198.51.100.10:51000 > 203.0.113.80:7703 17 12000/12000000"),
        new("field/11-foreign-uptime", "every end within a second of its export; 12 given the export time",
            () => Reading.Times("field/11-foreign-uptime/in.pcap")),
        new("field/12-header-time-is-uptime", "every end within a second of its arrival; 12 given the arrival",
            () => Reading.Times("field/12-header-time-is-uptime/in.pcap")),
        new("decoders/v9-late-data-wipes-templates.pcap", "1 flow",
            () => Reading.Count("decoders/v9-late-data-wipes-templates.pcap")),
        new("decoders/v9-min-late.pcap", "2 flows", () => Reading.Count("decoders/v9-min-late.pcap")),
        new("decoders/ipfix-sampling-309-310.pcap", "sampling 256 by options; 256 packets estimated",
            () => Reading.Sampling("decoders/ipfix-sampling-309-310.pcap")),
        Flows(
            "decoders/ipfix-srv6-341-chimera.pcap", "decoders/ipfix-srv6-341-chimera.pcap",
            "1 x 2001:db8::13:2222 > 2001:db8::12:1111 17 600/146400"),
        new("decoders/datalink-*.pcap", "1 x 51.51.51.51:55501 > 52.52.52.52:11777 17 1/96",
            () => Reading.Flows("decoders/datalink-template.pcap", "decoders/datalink-data.pcap")),
        new("decoders/datalink-*.pcap (data first)", "1 x 51.51.51.51:55501 > 52.52.52.52:11777 17 1/96",
            () => Reading.Flows("decoders/datalink-data.pcap", "decoders/datalink-template.pcap")),
        new("decoders/ipfix-srv6-*.pcap (inner)", "1 x 8.8.8.8:0 > 213.36.140.100:0 1 1/64",
            () => Reading.Flows("decoders/ipfix-srv6-template.pcap", "decoders/ipfix-srv6-data.pcap")),
        new("decoders/ipfix-srv6-*.pcap (outer)", "1 x fc30:2200:1b::f:0 > fc30:2200:23:e009:::0 4 1/104",
            () => Reading.OuterFlows("decoders/ipfix-srv6-template.pcap", "decoders/ipfix-srv6-data.pcap")),
        new("decoders/juniper-cpid-*.pcap (inner)", "1 x 8.8.8.8:0 > 213.36.140.101:2048 1 1/64",
            () => Reading.Flows("decoders/juniper-cpid-template.pcap", "decoders/juniper-cpid-data.pcap")),
        new("decoders/juniper-cpid-*.pcap (outer)", "1 x fc30:2200:1b::f:0 > fc30:2200:23:e009:::0 4 1/104",
            () => Reading.OuterFlows("decoders/juniper-cpid-template.pcap", "decoders/juniper-cpid-data.pcap")),
        new("decoders/ipfix-year-9999-analyze-crash.pcap", "every end within a second of its export; 1 given the export time",
            () => Reading.Times("decoders/ipfix-year-9999-analyze-crash.pcap")),
        Flows(
            "decoders/sflow-header-118.pcap", "decoders/sflow-header-118.pcap",
            "1 x 10.0.0.1:1000 > 198.51.100.7:53 17 1/100"),
        Flows(
            "decoders/sflow-digest-100.pcap", "decoders/sflow-digest-100.pcap",
            "1 x 10.0.0.1:1000 > 198.51.100.7:53 17 1/100"),
        new("endurance/daytime-blank.csv", "0 flows; 1 refused", () => Reading.Table("endurance/daytime-blank.csv")),
        new("endurance/zeekjson-0.bin", "0 flows; 3 refused", () => Reading.Table("endurance/zeekjson-0.bin")),
    ];

    private static IEnumerable<FieldCase> Findings() =>
    [
        Found("field/01-nat-two-exporters", TwoInfected),
        Found("field/08-nsel-without-packets", "infected 198.51.100.10"),
        Found("field/10-ingress-and-egress", "nobody infected; no event"),
        Found("field/16-forwarding-status-dropped", "nobody infected; attempts of 198.51.100.10"),
        new("field/21-private-networks", "nobody infected",
            () => Reading.Findings("field/21-private-networks/in.pcap", "field/21-private-networks/level1.netset")),
    ];

    private static IEnumerable<FieldCase> Lists() =>
    [
        Listed(
            "field/20-path-as-prefix", "c2.txt", "203.0.113.67 C2; 5 refused",
            "203.0.113.67", "8.8.8.8", "84.38.133.113", "104.233.105.159", "203.0.113.68"),
        Listed(
            "field/21-private-networks", "level1.netset", "203.0.113.66 C2; 10.0.0.53 Bogon; 192.168.1.1 Bogon; 100.64.0.1 Bogon; 1 refused",
            "203.0.113.66", "10.0.0.53", "192.168.1.1", "100.64.0.1"),
        Listed(
            "field/23-start-end-prefix", "block.txt", "203.0.113.66 C2; 5.61.209.255 C2; 0 refused",
            "203.0.113.66", "5.61.209.255", "5.61.210.0"),
        Listed(
            "field/23-start-end-prefix", "block-noheader.txt", "203.0.113.66 C2; 5.61.209.255 C2; 0 refused",
            "203.0.113.66", "5.61.209.255", "5.61.210.0"),
        Listed(
            "field/24-stix-benign", "bundle.json", "203.0.113.66 C2; 203.0.113.72:8443 C2; 203.0.113.73:8000 C2; 203.0.113.74 C2; 203.0.113.75 C2; 1 refused",
            "8.8.8.8", "1.1.1.1", "203.0.113.66", "203.0.113.72:8443", "203.0.113.72:443", "203.0.113.73:8000",
            "203.0.113.73:443", "203.0.113.74", "203.0.113.75", "203.0.113.76", "203.0.113.77", "203.0.113.78"),
        Listed(
            "field/25-misp-restsearch", "attributes.json", "203.0.113.66 C2; 203.0.113.67:8443 C2; 0 refused",
            "203.0.113.66", "203.0.113.67:8443", "198.51.100.200"),
        Listed(
            "field/25-misp-restsearch", "event.json", "203.0.113.66 C2; 203.0.113.67:8443 C2; 203.0.113.68 C2; 203.0.113.69 C2; 0 refused",
            "203.0.113.66", "203.0.113.67:8443", "203.0.113.68", "203.0.113.69", "198.51.100.200", "198.51.100.201"),
        Listed(
            "field/26-rpz", "z.rpz", "203.0.113.66 C2; 203.0.113.67 C2; 203.0.113.99 Allow; 2 refused",
            "203.0.113.66", "203.0.113.67", "203.0.113.99"),
        Listed(
            "field/26-rpz", "lower.rpz", "203.0.113.66 C2; 0 refused", "203.0.113.66"),
        Listed(
            "field/28-abusech", "feodo-old.csv", "203.0.113.66:443 C2; 203.0.113.67:8080 C2; 0 refused",
            "203.0.113.66:443", "203.0.113.67:8080", "203.0.113.66:80"),
        Listed(
            "field/28-abusech", "feodo.csv", "203.0.113.66:443 C2; 203.0.113.67:8080 C2; 0 refused",
            "203.0.113.66:443", "203.0.113.67:8080", "203.0.113.66:80"),
        Listed(
            "field/28-abusech", "threatfox.csv", "203.0.113.66:8080 C2; 203.0.113.91:80 C2; 1 refused",
            "203.0.113.66:8080", "203.0.113.90:80", "203.0.113.91:80"),
        new("endurance/stix-and-500.pattern", "refused within 50 ms", static () => Reading.Pattern("endurance/stix-and-500.pattern")),
    ];

    private static IEnumerable<FieldCase> Complaints() =>
    [
        Complained("field/30-shadowserver-amp-victim", "in-event4_honeypot_ddos_amp.csv", "1 refused"),
        Complained(
            "field/31-shadowserver-kinds", "in-event4_sinkhole.csv",
            $"{Purpose.CncContact} of 198.51.100.10 towards 203.0.113.66:16464; "
            + $"{Purpose.CncContact} of 198.51.100.11 towards 203.0.113.67:4455; 0 refused"),
        Complained(
            "field/31-shadowserver-kinds", "in-event4_ddos_participant.csv",
            $"{Purpose.DdosSource} of 198.51.100.10 towards 203.0.113.80:443; 0 refused"),
        Complained(
            "field/31-shadowserver-kinds", "in-event4_honeypot_brute_force.csv",
            $"{Purpose.ScanSource} of 198.51.100.10 towards 203.0.113.80:22; 0 refused"),
        Complained(
            "field/31-shadowserver-kinds", "in-event4_ip_spoofer.csv",
            $"{Purpose.Spoofing} of 198.51.100.0 towards nobody; 0 refused"),
        Complained(
            "field/33-xarf-by-mail", "in-v3-base64.eml",
            $"{Purpose.SpamSource} of 198.51.100.10 towards 203.0.113.80:25; 0 refused"),
        Complained(
            "field/33-xarf-by-mail", "in-v4-7bit.eml",
            $"{Purpose.ScanSource} of 198.51.100.10 towards 203.0.113.80:22; 0 refused"),
        Complained("field/36-arf-sparse", "in-ipv6.eml", $"{Purpose.SpamSource} of 2001:db8:100::10 towards :25; 0 refused"),
        Complained(
            "field/36-arf-sparse", "in-ipv6-bare.eml", $"{Purpose.SpamSource} of 2001:db8:100::10 towards :25; 0 refused"),
        Complained("field/36-arf-sparse", "in-cfws.eml", $"{Purpose.SpamSource} of 198.51.100.10 towards :25; 0 refused"),
        Complained("field/36-arf-sparse", "in-bracket.eml", $"{Purpose.SpamSource} of 198.51.100.10 towards :25; 0 refused"),
        Complained("field/36-arf-sparse", "in-jmrp.eml", "1 refused"),
        new("endurance/mail-folded-100k.eml", "refused within 50 ms",
            static () => Reading.Mail("endurance/mail-folded-100k.eml")),
        new("endurance/mail-ctype2-100k.eml", "refused within 50 ms",
            static () => Reading.Mail("endurance/mail-ctype2-100k.eml")),
    ];

    private static IEnumerable<FieldCase> Identity() =>
    [
        new("field/41-radius-zero-address", "ann at 1, 2 and 3 h by the packets; ann at 1, 2 and 3 h by the detail file",
            IdentityReading.ZeroAddress),
        new("field/42-nat-events",
            "blocks by 16/17, 14/15, 10/11, 8/9, 4/5 and 1/2; nobody by 0, 3, 12, 13 and 18; at the export's time",
            IdentityReading.NatEvents),
        new("decoders/nat-same-port-tcp-udp.pcap", "tcp 10.0.0.1, udp 10.0.0.2, without protocol nobody",
            IdentityReading.SamePort),
    ];

    private static FieldCase Flows(string name, string file, string right) =>
        new(name, right, () => Reading.Flows(file));

    private static FieldCase Found(string name, string right) =>
        new($"{name} (findings)", right, () => Reading.Findings($"{name}/in.pcap", $"{name}/c2.txt"));

    private static FieldCase Listed(string name, string file, string right, params string[] asked) =>
        new($"{name}/{file}", right, () => Reading.List($"{name}/{file}", asked));

    private static FieldCase Complained(string name, string file, string right) =>
        new($"{name}/{file}", right, () => Reading.Complaints($"{name}/{file}"));
}
