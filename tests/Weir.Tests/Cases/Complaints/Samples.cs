// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Weir.Tests.Cases.Complaints;

/// <summary>One sample of each format, written for these tests; addresses and names are those set aside
/// for documents.</summary>
internal static class Samples
{
    public const string Xarf4 =
        """
        {
          "xarf_version": "4.2.0",
          "report_id": "0b9d4c1e-6c1f-4a53-9a51-3f3a3a1de001",
          "timestamp": "2026-11-22T12:10:00Z",
          "reporter": { "org": "Peer", "contact": "abuse@peer.example", "domain": "peer.example" },
          "sender": { "org": "Peer", "contact": "abuse@peer.example", "domain": "peer.example" },
          "source_identifier": "192.0.2.77",
          "source_port": 51234,
          "category": "connection",
          "type": "ddos",
          "protocol": "udp",
          "destination_ip": "203.0.113.9",
          "destination_port": 7703,
          "first_seen": "2026-11-22T13:03:07+01:00",
          "evidence": [ { "content_type": "text/plain", "payload": "bm90aGluZyBvZiB0aGlzIGlzIGtlcHQ=" } ]
        }
        """;

    public const string Xarf3 =
        """
        {
          "Version": "3",
          "ReporterInfo": { "ReporterOrg": "Peer", "ReporterOrgDomain": "peer.example", "ReporterOrgEmail": "abuse@peer.example" },
          "Disclosure": true,
          "Report": {
            "ReportClass": "Activity",
            "ReportType": "PortScan",
            "Date": "2026-11-22T12:03:07Z",
            "SourceIp": "2001:db8:5::7",
            "SourcePort": 40001,
            "DestinationIp": "203.0.113.10",
            "DestinationPort": 22,
            "Protocol": "tcp"
          }
        }
        """;

    public const string Xarf3Nested =
        """
        {
          "Version": "3.0.0",
          "ReporterInfo": { "ReporterOrgDomain": "peer.example" },
          "Report": {
            "ReportClass": "Network", "ReportType": "ddos", "Date": "2026-11-22T12:03:07Z",
            "Source": { "IP": "192.0.2.77", "Port": 53, "Type": "ip" },
            "AdditionalInfo": { "Protocol": "udp", "DestinationIP": "203.0.113.9", "DestinationPort": 80 }
          }
        }
        """;

    public static readonly string Arf = Lines(
        """
        Authentication-Results: mx.isp.example 1; dkim=pass (2048-bit key) header.d=feedback.bigmail.example header.s=a1;
         spf=pass smtp.mailfrom=fbl@bigmail.example
        From: <fbl@bigmail.example>
        To: <abuse@isp.example>
        Subject: FW: Earn money
        Message-ID: <report-1@bigmail.example>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report;
         boundary="part_1"

        This is a report in the format for abuse reports.
        --part_1
        Content-Type: text/plain; charset="US-ASCII"

        This mail came from 192.0.2.77.
        --part_1
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: Feedback/1.0
        Version: 1
        Original-Mail-From: <somebody@sender.example>
        Original-Rcpt-To: <reader@bigmail.example>
        Arrival-Date: Sun, 22 Nov 2026 13:03:07 +0100 (CET)
        Source-IP: 192.0.2.77
        Source-Port: 51235

        --part_1
        Content-Type: message/rfc822

        From: <somebody@sender.example>
        To: <reader@bigmail.example>
        Subject: Earn money
        Message-ID: <original-1@sender.example>

        A mail body that nobody reads.
        --part_1--
        """);

    public static readonly string Shadowserver = Lines(
        """
        "timestamp","severity","src_ip","src_port","protocol","src_hostname","tag","src_asn","dst_ip","dst_port","infection","family"
        "2026-11-22 12:03:07","high","192.0.2.77",51236,"tcp","","sinkhole",64496,"198.51.100.7",443,"mirai","mirai"
        "2026-11-22 12:04:00","high","192.0.2.78",,"udp","","ddos",64496,"203.0.113.9",7703,"",""
        "2026-11-22 12:05:00","high","not-an-address",1,"tcp","","sinkhole",64496,"198.51.100.7",443,"",""
        "2026-11-22 12:06:00","high"
        """);

    /// <summary>A report of a scan: a service of ours, and nobody it spoke to.</summary>
    public static readonly string ShadowserverScan = Lines(
        """
        "timestamp","ip","protocol","port","hostname","tag","version","asn"
        "2026-11-22 12:03:07","192.0.2.77","udp",123,"","ntp","4",64496
        """);

    public static ReadOnlyMemory<byte> Octets(string text) => Encoding.UTF8.GetBytes(text);

    private static string Lines(string text) => text.ReplaceLineEndings("\r\n");
}
