// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.EndToEnd.Support;
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Lab.Telling;
using Weir.Wire;

namespace Weir.EndToEnd;

/// <summary>What a scope's evidence holds against every record that was exported of the two lines.</summary>
public sealed class EvidenceComparisonTests : IDisposable
{
    private static readonly FlowPredicate Flood =
        new() { Direction = Direction.Out, Protocol = Protocols.Udp, RemotePorts = [7_703] };
    private static readonly FlowPredicate Spam =
        new() { Direction = Direction.Out, Protocol = Protocols.Tcp, RemotePorts = [25] };

    private readonly TempFolder _folder = new();
    private readonly IReadOnlyList<LabRecord> _records;

    public EvidenceComparisonTests()
    {
        var options = new LabOptions
        {
            Scenario = LabScenario.Mail,
            Subscribers = 500,
            Seconds = 1_800,
            Bots = 10,
            Nets = 2,
            ListEntries = 20,
            Flows = 5_000,
            Protocol = ExportProtocol.Ipfix,
            Seed = 9,
        };
        LabFolder.Run(_folder.At("lab"), new Simulation(options), new DatagramBuffer());
        _records = LabRecords.Read(_folder.At($"lab/{LabRecords.FileName}"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evidence_that_is_the_truth_inside_the_scope_differs_in_nothing()
    {
        var difference = Compare("A", Flood, RecordsOf("A").Where(r => r.RemotePort == 7_703).Select(RowOf));

        Assert.Empty(difference.Missing);
        Assert.Empty(difference.Outside);
        Assert.Equal(24, difference.Expected);
    }

    [Fact]
    public void A_mail_in_the_evidence_of_a_flood_is_outside()
    {
        var mail = RecordsOf("A").First(r => r is { RemotePort: 25, Direction: "out" });
        var difference = Compare(
            "A", Flood, RecordsOf("A").Where(r => r.RemotePort == 7_703).Append(mail).Select(RowOf));

        Assert.Single(difference.Outside);
        Assert.Empty(difference.Missing);
    }

    [Fact]
    public void A_row_too_few_is_missing_and_a_row_twice_is_outside()
    {
        var flood = RecordsOf("B").Where(r => r.RemotePort == 7_703).Select(RowOf).ToArray();

        Assert.Single(Compare("B", Flood, flood[1..]).Missing);
        Assert.Single(Compare("B", Flood, flood.Append(flood[0])).Outside);
    }

    [Fact]
    public void The_other_line_s_rows_and_the_half_that_came_back_are_outside()
    {
        var other = RecordsOf("B").Where(r => r.RemotePort == 7_703).Select(RowOf).ToArray();
        Assert.Equal(other.Length, Compare("A", Flood, other).Outside.Count);

        var answers = RecordsOf("B").Where(r => r is { RemotePort: 25, Direction: "in" }).Select(RowOf).ToArray();
        Assert.Equal(answers.Length, Compare("B", Spam, answers).Outside.Count);
    }

    [Fact]
    public void A_row_that_began_before_the_scope_is_outside()
    {
        var flood = RecordsOf("A").Where(r => r.RemotePort == 7_703).ToArray();
        var from = flood.Min(r => r.StartMs) + 1;

        Assert.Single(EvidenceComparison.Compare(
            _records, flood[0].Subject, Flood, from, long.MaxValue, flood.Select(RowOf)).Outside);
    }

    [Theory]
    [InlineData(nameof(EvidenceRow.PacketsOut))]
    [InlineData(nameof(EvidenceRow.OctetsOut))]
    [InlineData(nameof(EvidenceRow.FlagsOut))]
    [InlineData(nameof(EvidenceRow.EndMs))]
    public void A_field_that_is_wrong_makes_a_row_that_is_missing_and_one_that_is_outside(string field)
    {
        var spam = RecordsOf("B").Where(r => r is { RemotePort: 25, Direction: "out" }).Select(RowOf).ToArray();
        spam[0].PacketsOut += field == nameof(EvidenceRow.PacketsOut) ? 1u : 0;
        spam[0].OctetsOut += field == nameof(EvidenceRow.OctetsOut) ? 1u : 0;
        spam[0].FlagsOut ^= field == nameof(EvidenceRow.FlagsOut) ? (byte)1 : (byte)0;
        spam[0].EndMs += field == nameof(EvidenceRow.EndMs) ? 1 : 0;

        var difference = Compare("B", Spam, spam);
        Assert.Single(difference.Missing);
        Assert.Single(difference.Outside);
        Assert.InRange(difference.Expected, 7_000, 9_000);
    }

    private IEnumerable<LabRecord> RecordsOf(string line) => _records.Where(r => r.Line == line);

    private EvidenceDifference Compare(string line, FlowPredicate inside, IEnumerable<EvidenceRow> rows) =>
        EvidenceComparison.Compare(_records, RecordsOf(line).First().Subject, inside, 0, long.MaxValue, rows);

    private static EvidenceRow RowOf(LabRecord r) => new()
    {
        StartMs = r.StartMs, EndMs = r.EndMs, Remote = new Endpoint(r.Remote, r.RemotePort, r.Protocol),
        PacketsOut = r.PacketsOut,
        PacketsIn = r.PacketsIn,
        OctetsOut = r.OctetsOut,
        OctetsIn = r.OctetsIn,
        FlagsOut = r.FlagsOut,
        FlagsIn = r.FlagsIn,
        SamplingInterval = 1,
    };
}
