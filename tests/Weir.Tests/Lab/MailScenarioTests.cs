// SPDX-License-Identifier: Apache-2.0
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Lab.Telling;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Lab;

/// <summary>The scenario of the mail: what A and B do is what the rules are judged by, so it is checked against the
/// octets that left.</summary>
public sealed class MailScenarioTests
{
    private static readonly LabOptions Options = new()
    {
        Scenario = LabScenario.Mail,
        Subscribers = 1_000,
        Seconds = 2_400,
        Bots = 20,
        Nets = 2,
        ListEntries = 50,
        Flows = 20_000,
        Seed = 3,
    };

    [Theory]
    [InlineData(ExportProtocol.NetFlow5, 1u, false)]
    [InlineData(ExportProtocol.NetFlow9, 1u, false)]
    [InlineData(ExportProtocol.NetFlow9, 20u, false)]
    [InlineData(ExportProtocol.Ipfix, 1u, true)]
    public void Records_are_every_exported_record_of_the_two_and_no_other(
        ExportProtocol protocol, uint sampling, bool biflow)
    {
        var (_, records, read) = Run(Options with { Protocol = protocol, Sampling = sampling, Biflow = biflow });
        IpKey[] both = [.. records.Select(r => r.Subject).Distinct()];

        Assert.Equal(2, both.Length);
        // NetFlow v9 tells the exporter's clock in whole seconds (RFC 3954 §5.1): a reader's times are up to a second
        // early, lengths are not.
        long Shift(long ms) => protocol == ExportProtocol.NetFlow9 ? ms : 0;
        Assert.Equal(
            read.Flows.Where(f => both.Contains(f.Source) || both.Contains(f.Destination))
                .Select(f => Row(f, both.Contains(f.Source), Shift(f.StartMs))).Order(StringComparer.Ordinal),
            records.Select(r => Row(r, Shift(r.StartMs))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_floods_and_mails_as_people_do()
    {
        var (truth, records, _) = Run(Options);
        var mine = records.Where(r => r.Line == "A").ToArray();
        var flood = mine.Where(r => r.Attack == "flood-out").ToArray();

        var told = Assert.Single(truth.Events, e => e.Subject == mine[0].Subject.ToString());
        Assert.Equal(("flood-out", "udp", 7703), (told.Rule, told.Protocol, told.Port));
        Assert.All(flood, r =>
            Assert.Equal((17, 7703, told.Remote, "out"), (r.Protocol, r.RemotePort, r.Remote.ToString(), r.Direction)));
        Assert.InRange(Rate(flood), 25_000, 35_000);
        Assert.Equal(mine.Where(r => r.RemotePort == 7703), flood);

        var mails = mine.Where(r => r.RemotePort == 25).ToArray();
        Assert.All(mails, r => Assert.Equal("", r.Attack));
        Assert.InRange(mails.Count(r => r.Direction == "out"), 5, 20);
        Assert.InRange(mails.Select(r => r.Remote).Distinct().Count(), 1, 3);
        Assert.Contains(mails, r => r.StartMs > told.FromMs - (5 * 60_000) && r.StartMs < told.UntilMs + (15 * 60_000));
        Assert.Contains(mine, r => r.RemotePort is 80 or 443);
    }

    [Fact]
    public void B_floods_and_spams_at_line_speed_at_the_same_time()
    {
        var (truth, records, _) = Run(Options);
        var mine = records.Where(r => r.Line == "B").ToArray();
        var told = truth.Events.Where(e => e.Subject == mine[0].Subject.ToString()).ToDictionary(e => e.Rule);

        Assert.Equal(["flood-out", "spam"], told.Keys.Order());
        Assert.True(told["spam"].FromMs < told["flood-out"].FromMs && told["flood-out"].UntilMs < told["spam"].UntilMs);
        var spam = mine.Where(r => r.Attack == "spam" && r.Direction == "out").ToArray();
        Assert.All(spam, r => Assert.Equal((6, 25), (r.Protocol, r.RemotePort)));
        Assert.Equal(140, spam.Select(r => r.Remote).Distinct().Count());
        var minutes = spam.GroupBy(r => r.StartMs / 60_000).Select(m => m.Count()).Order().ToArray();
        Assert.All(minutes[2..], n => Assert.InRange(n, 900, 1_050));
        Assert.NotEqual(truth.Events[0].Remote, told["flood-out"].Remote);
        Assert.Contains(mine, r => r.Attack == "" && r.RemotePort is 80 or 443);
    }

    [Fact]
    public void Nobody_else_attacks_and_the_seed_decides_everything()
    {
        var (truth, records, read) = Run(Options);
        Assert.Equal(3, truth.Events.Count);
        Assert.DoesNotContain(read.Flows, f => f.DestinationPort == 25 && records.All(r => r.Subject != f.Source));

        var (_, again, _) = Run(Options);
        Assert.Equal(records, again);
        Assert.NotEqual(records, Run(Options with { Seed = 4 }).Records);
    }

    [Theory]
    [InlineData(1_799, 1_000, true, "--seconds")]
    [InlineData(1_800, 100, true, "--subscribers")]
    [InlineData(1_800, 1_000, false, "--no-attacks")]
    public void What_leaves_no_scenario_is_a_fault(int seconds, int subscribers, bool attacks, string told) =>
        Assert.Contains(
            told, (Options with { Seconds = seconds, Subscribers = subscribers, Attacks = attacks }).Faults().Single(),
            StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_none_is_named_by_line()
    {
        using var folder = new Scratch();
        var path = Path.Combine(folder.Path, LabRecords.FileName);
        Run(Options, folder.Path);
        var lines = File.ReadAllLines(path);
        lines[7] = lines[7].Replace(',', ';');
        File.WriteAllLines(path, lines);

        Assert.Contains(
            $"{path}:8", Assert.Throws<FormatException>(() => LabRecords.Read(path)).Message, StringComparison.Ordinal);
    }

    private static double Rate(LabRecord[] flood) =>
        flood.Sum(r => (double)r.PacketsOut) / (flood.Max(r => r.EndMs) - flood.Min(r => r.StartMs)) * 1_000;

    private static (Truth Truth, IReadOnlyList<LabRecord> Records, ReadBack Read) Run(
        LabOptions options, string? place = null)
    {
        using var folder = new Scratch();
        var shelf = new DatagramBuffer();
        var truth = LabFolder.Run(place ?? folder.Path, new Simulation(options), shelf);
        return (
            truth, LabRecords.Read(Path.Combine(place ?? folder.Path, LabRecords.FileName)),
            ReadBack.From(shelf.Payloads));
    }

    private static string Row(LabRecord r, long lessMs) => FormattableString.Invariant(
        $"{r.StartMs - lessMs}-{r.EndMs - lessMs} {r.Protocol} {r.Subject}:{r.SubjectPort} {r.Remote}:{r.RemotePort} {r.PacketsOut}/{r.PacketsIn} {r.OctetsOut}/{r.OctetsIn} {r.FlagsOut}/{r.FlagsIn}");

    private static string Row(FlowRecord f, bool outbound, long lessMs) => FormattableString.Invariant(outbound
        ? (FormattableString)$"{f.StartMs - lessMs}-{f.EndMs - lessMs} {f.Protocol} {f.Source}:{f.SourcePort} {f.Destination}:{f.DestinationPort} {f.Packets}/{f.ReversePackets} {f.Octets}/{f.ReverseOctets} {f.TcpFlags}/{f.ReverseTcpFlags}"
        : $"{f.StartMs - lessMs}-{f.EndMs - lessMs} {f.Protocol} {f.Destination}:{f.DestinationPort} {f.Source}:{f.SourcePort} {f.ReversePackets}/{f.Packets} {f.ReverseOctets}/{f.Octets} {f.ReverseTcpFlags}/{f.TcpFlags}");
}
