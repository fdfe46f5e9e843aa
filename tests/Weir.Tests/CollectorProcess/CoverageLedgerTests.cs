// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting;
using Weir.Collector.Coverage;
using Weir.Collector.Decoding;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Tests.CollectorProcess;

/// <summary>What a minute's row counts.</summary>
public sealed class CoverageLedgerTests
{
    private static readonly IpKey Edge = IpKey.Parse("192.0.2.1");

    /// <summary>IPFIX and NetFlow v5 number records: 1,000 lost of messages of twenty are fifty messages.</summary>
    [Theory]
    [InlineData("Ipfix", 1_000, 50)]
    [InlineData("NetFlow5", 1, 1)]
    [InlineData("NetFlow9", 50, 50)]
    [InlineData("SFlow5,Ipfix", 50, 50)]
    public void Losses_are_messages_whatever_the_sequence_counts(string protocols, long lost, ulong messages)
    {
        var row = Assert.Single(new CoverageLedger().Close(60, [Heard(protocols, 100, 2_000, lost)]));

        Assert.Equal((Edge, 100UL, 2_000UL, messages), (row.Exporter, row.Datagrams, row.Flows, row.Lost));
    }

    [Fact]
    public void A_minute_counts_itself_alone_and_what_comes_late_takes_nothing_back()
    {
        var ledger = new CoverageLedger();
        _ = ledger.Close(60, [Heard("NetFlow9", 10, 200, 5)]);
        var late = Assert.Single(ledger.Close(120, [Heard("NetFlow9", 12, 240, 3)]));
        var again = Assert.Single(ledger.Close(180, [Heard("NetFlow9", 12, 240, 6)]));

        Assert.Equal((2UL, 40UL, 0UL), (late.Datagrams, late.Flows, late.Lost));
        Assert.Equal((0UL, 0UL, 1UL), (again.Datagrams, again.Flows, again.Lost));
    }

    /// <summary>Records that nobody read are missing as those are that were lost on the way, and never less than none.
    /// </summary>
    [Theory]
    [InlineData("Ipfix", 400, 600, 50)]
    [InlineData("Ipfix", 0, -20, 0)]
    [InlineData("NetFlow9", 50, 600, 50)]
    public void Records_that_were_not_read_are_missing(string protocols, long lost, long unread, ulong messages)
    {
        var heard = Heard(protocols, 100, 2_000, lost) with { Unread = unread };

        Assert.Equal(messages, Assert.Single(new CoverageLedger().Close(60, [heard])).Lost);
    }

    /// <summary>An exporter that was forgotten is heard anew under the same address: what it counts begins again.
    /// </summary>
    [Fact]
    public void Who_was_forgotten_and_is_heard_anew_counts_what_it_told_since()
    {
        var ledger = new CoverageLedger();
        _ = ledger.Close(60, [Heard("NetFlow9", 10, 200, 5)]);
        var anew = Heard("NetFlow9", 11, 30, 1) with { FirstSeenMs = 61_000 };
        var row = Assert.Single(ledger.Close(120, [anew]));

        Assert.Equal((11UL, 30UL, 1UL), (row.Datagrams, row.Flows, row.Lost));
    }

    [Fact]
    public void Where_one_of_two_lanes_forgets_it_the_other_counts_nothing_twice()
    {
        var ledger = new CoverageLedger();
        var tcp = Heard("Ipfix", 100, 2_000, 0) with { Transport = ExportTransport.Tcp };
        _ = ledger.Close(60, [Heard("Ipfix", 50, 1_000, 0), tcp]);
        var left = Assert.Single(ledger.Close(120, [tcp with { Datagrams = 101, Flows = 2_020 }]));

        Assert.Equal((1UL, 20UL), (left.Datagrams, left.Flows));
    }

    /// <summary>A collector that knows no exporter yet says that it listens: else nobody could tell its silence from
    /// its absence.</summary>
    [Fact]
    public void A_collector_that_heard_of_nobody_says_that_it_runs()
    {
        var row = Assert.Single(new CoverageLedger().Close(60, [Heard("NetFlow9", 0, 0, 0)]));

        Assert.Equal((60u, CoverageRow.Nobody, 0UL), (row.MinuteSeconds, row.Exporter, row.Datagrams));
    }

    private static ExporterListing Heard(string protocols, long datagrams, long flows, long lost) =>
        ExporterListing.From(new ExporterState(Edge, new DecodingOptions(), 0)) with
        {
            Protocols = protocols, Datagrams = datagrams, Flows = flows, Lost = lost,
        };
}
