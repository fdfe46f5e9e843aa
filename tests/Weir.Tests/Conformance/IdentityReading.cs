// SPDX-License-Identifier: Apache-2.0
//
// Cases of identity: two are described in words, and their messages are made here from the words.
using Weir.Tests.Collecting;
using Weir.Tests.Support;
using Weir.Tests.Vault.Identity;
using Weir.Tests.Wire;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Dhcp;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Conformance;

/// <summary>What the identity tables make of a case.</summary>
internal static class IdentityReading
{
    private const string Outside = "198.51.100.1";
    private static readonly string[] _hosts = ["10.0.0.1", "10.0.0.2"];

    /// <summary>One session, an interim of it with 0.0.0.0, told by packets and by a detail file.</summary>
    public static string ZeroAddress()
    {
        var (table, counters) = Table(4 * 3_600);
        var sessions = new RadiusSessions(table, new RadiusOptions(), counters);
        var intake = new RadiusIntake(
            sessions, new RadiusOptions(), IdentitySamples.Naming, counters, IdentitySamples.Secrets);
        foreach (var (status, address, at) in Session())
        {
            var request = AccountingMaker.Create(status, "ann", "s1", at).Address(address);
            _ = intake.Handle(request.Packet(), IdentitySamples.Nas, IdentitySamples.Ms(at), out _);
        }

        var (other, others) = Table(4 * 3_600);
        var detail = new RadiusDetail(
            new RadiusSessions(other, new RadiusOptions(), others), SubscriberLineAttribute.UserName,
            IdentitySamples.Naming, others);
        detail.Begin();
        foreach (var (status, address, at) in Session())
        {
            string word = status == AccountingStatus.Interim ? "Interim-Update" : status.ToString();
            string[] lines =
            [
                "Sun Jan 11 00:01:40 1970", "\tUser-Name = \"ann\"", $"\tAcct-Status-Type = {word}",
                "\tAcct-Session-Id = \"s1\"", "\tNAS-IP-Address = 192.0.2.1", $"\tFramed-IP-Address = {address}",
                $"\tTimestamp = {IdentitySamples.Zero + at}", "",
            ];
            Array.ForEach(lines, line => detail.HandleLine(line, IdentitySamples.Ms(at), long.MinValue));
        }

        return $"{Hours(table)} by the packets; {Hours(other)} by the detail file";
    }

    /// <summary>Every event number of the registry; a block of ports, its time the export's.</summary>
    public static string NatEvents()
    {
        var blocks = new List<string>();
        var nobody = new List<int>();
        foreach (var (give, take) in ((int, int)[])[(16, 17), (14, 15), (10, 11), (8, 9), (4, 5), (1, 2)])
        {
            var table = Translated((give, 100), (take, 300));
            if (Holder(table, 200, 6) == _hosts[0] && Holder(table, 301, 6) is null && Holder(table, 99, 6) is null)
            {
                blocks.Add($"{give}/{take}");
            }
        }

        foreach (var kind in (int[])[0, 3, 12, 13, 18])
        {
            if (Holder(Translated((kind, 100)), 200, 6) is null)
            {
                nobody.Add(kind);
            }
        }

        return $"blocks by {Listed(blocks)}; nobody by {Listed(nobody.Select(kind => $"{kind}"))}; at the export's time";
    }

    public static string SamePort()
    {
        const long At = 1_700_000_000_000;
        var table = new IdentityTable(
            new IdentityTableOptions(), new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(At)));
        Lease(table, At);
        var counters = new RecordCounters();
        var intake = new NatIntake(new PortBlockTracker(table, counters), counters, []);
        var path = SharedData.Path("cases/decoders/nat-same-port-tcp-udp.pcap");
        foreach (var datagram in Scratch.Datagrams(path).Taken)
        {
            intake.Handle(datagram.Payload, datagram.Exporter, datagram.ArrivedAtMs);
        }

        string Of(byte protocol) =>
            table.WhoHad(IpKey.Parse("203.0.113.1"), 40_000, At, protocol) is IdentityAnswer.Line line
                ? line.Name.Text["mac:".Length..] : "nobody";
        return $"tcp {Of(6)}, udp {Of(17)}, without protocol {Of(0)}";
    }

    private static IEnumerable<(AccountingStatus Status, string Address, long At)> Session() =>
    [
        (AccountingStatus.Start, "198.51.100.50", 0), (AccountingStatus.Interim, "198.51.100.50", 3_600),
        (AccountingStatus.Interim, "0.0.0.0", 7_200), (AccountingStatus.Stop, "198.51.100.50", 3 * 3_600 + 60),
    ];

    private static string Hours(IdentityTable table)
    {
        var hours = Enumerable.Range(1, 3).Where(hour =>
            table.LineOf("198.51.100.50", hour * 3_600) == IdentitySamples.User("ann")).ToList();
        return hours.Count == 3 ? "ann at 1, 2 and 3 h" : $"ann at {string.Join(", ", hours)} h";
    }

    private static IdentityTable Translated(params (int Kind, int Second)[] events)
    {
        var (table, _) = Table(5_000);
        Lease(table, IdentitySamples.Ms(0));
        var counters = new RecordCounters();
        var intake = new NatIntake(new PortBlockTracker(table, counters), counters, []);
        foreach (var (kind, second) in events)
        {
            var message = Ipfix(
                Set(2, Template(256, "230/1 8/4 225/4 361/2 362/2")),
                Set(256, U8(kind), Ip(_hosts[0]), Ip(Outside), U16(1_024, 2_047)));
            U32((uint)(IdentitySamples.Zero + second)).CopyTo(message, 4);
            intake.Handle(message, IdentitySamples.Nas, IdentitySamples.Ms(second));
        }

        return table;
    }

    private static string? Holder(IdentityTable table, int second, byte protocol) =>
        table.WhoHad(IpKey.Parse(Outside), 1_500, IdentitySamples.Ms(second), protocol) is IdentityAnswer.Line line
            ? line.Name.Text["mac:".Length..] : null;

    private static void Lease(IdentityTable table, long fromMs)
    {
        foreach (var host in _hosts)
        {
            new DhcpLeaseTracker(table, new RecordCounters()).Lease(
                Prefix.Parse(host), new SubscriberLineName($"mac:{host}"), fromMs - 1_000, fromMs + 4_000_000);
        }
    }

    private static (IdentityTable Table, RadiusCounters Counters) Table(double second) =>
        (new IdentityTable(new IdentityTableOptions(), IdentitySamples.Clock(second)), new RadiusCounters());

    private static string Listed(IEnumerable<string> words) =>
        words.ToList() is { Count: > 1 } all ? $"{string.Join(", ", all[..^1])} and {all[^1]}" : string.Join("", words);
}
