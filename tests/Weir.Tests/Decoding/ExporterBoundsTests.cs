// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Collector.Collecting;
using Weir.Collector.Corroborating;
using Weir.Collector.Decoding;
using Weir.Collector.Status;
using Weir.Contracts.Flows;
using Weir.Hosting.Health;
using Weir.Tests.Hosting;
using Weir.Wire;
using Weir.Wire.NetFlow;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Decoding;

/// <summary>Who invents exporters fills bounds that all share, and takes nothing from one that has its standing
/// (rules.md R21, attacks 39).</summary>
public sealed class ExporterBoundsTests
{
    private const long At = (ExportedAt * 1_000L) + 40;
    private const ushort Port = 2_055;

    private static readonly IpKey Router = IpKey.Parse("192.0.2.1");
    private static readonly byte[] Record = V5Record("10.0.0.1", "198.51.100.7", 40_000, 443, 10, 1_000);
    private static readonly byte[] Teach = Set(0, Template(256, "8/4 12/4 2/4"));
    private static readonly byte[] Data = Set(256, U8(10, 0, 0, 1, 203, 0, 113, 9), U32(5));

    private readonly CorroboratingOptions _corroborating = new()
    {
        After = TimeSpan.FromSeconds(20), Streams = new(100), HeldOctets = new(4_000),
    };

    private readonly DecodingOptions _options = DecodingOptions.OfFiles with
    {
        MaxExporters = 6_000, Newcomers = new(10), NewcomerFields = new(12), TemplateFields = new(20),
    };

    [Fact]
    public void Five_thousand_spoofed_exporters_are_sixty_four_series_and_one()
    {
        using var counted = new Counted();
        var decoder = Decoder();
        var named = new NamedExporters(decoder.List);
        var meter = counted.Meters.Create(new("test"));
        meter.CreateObservableCounter("flows", named.Counter(one => one.Datagrams));
        meter.CreateObservableGauge("rate", named.Each(one => (double)one.SamplingInterval));
        for (var i = 0U; i < 5_000; i++)
        {
            Send(decoder, Invented(i), 0, At);
        }

        // One datagram makes no exporter.
        Assert.Equal(5_000, counted["flows{exporter=other}"]);
        Assert.Equal(1, Lines(counted));

        // Those that went on have names, as many as there are.
        for (var i = 0U; i < 5_000; i++)
        {
            Send(decoder, Invented(i), 3, At + 1);
        }

        Assert.Equal((2 * 5_000) - NamedExporters.Most, counted["flows{exporter=other}"]);
        Assert.Equal((2 * NamedExporters.Most) + 1, Lines(counted));

        // One that has its standing comes before all of them, and no count fell.
        Establish(decoder);
        Assert.Equal((2 * 5_000) - NamedExporters.Most, counted["flows{exporter=other}"]);
        Assert.Equal(30, counted[$"flows{{exporter={Router}}}"]);
        Assert.True(named.Has(Router));
    }

    [Fact]
    public void What_the_others_count_goes_on_from_where_it_was_when_some_of_them_are_forgotten()
    {
        using var counted = new Counted();
        var decoder = Decoder(_options with { MaxExporters = 20 });
        var meter = counted.Meters.Create(new("test"));
        meter.CreateObservableCounter("flows", new NamedExporters(decoder.List).Counter(one => one.Datagrams));
        for (var i = 0U; i < 20; i++)
        {
            Send(decoder, Invented(i), 0, At);
        }

        Assert.Equal(20, counted["flows{exporter=other}"]);
        Send(decoder, Invented(100), 0, At + 65_000);
        Assert.Equal((19 + 1, 1), (decoder.Forgotten, decoder.List().Count));
        Assert.Equal(21, counted["flows{exporter=other}"]);
    }

    /// <summary>A burst is over when it is over: who comes a minute later finds room.</summary>
    [Fact]
    public void What_is_silent_and_has_no_standing_gives_back_what_all_share()
    {
        var decoder = Decoder();
        Establish(decoder);
        for (var i = 0U; i < 50; i++)
        {
            for (ushort port = 1; port <= 40; port++)
            {
                Send(decoder, Invented(i), 0, At, port);
            }

            Teacher(decoder, Invented(i), 2);
        }

        for (ushort port = 100; port < 140; port++)
        {
            Send(decoder, Router, 900, At + 29_000, port);
        }

        Assert.Equal(HealthState.Degraded, BoundsHealth.Read(_options, _corroborating).State);
        Send(decoder, Router, 30 * 3, At + 91_000);
        Assert.Equal((0, 0, 0), (_corroborating.Streams.Held, _corroborating.HeldOctets.Held, _options.Newcomers.Held));
        Assert.Equal((1, 50), (decoder.Find(Router)!.Streams!.Kept, decoder.Forgotten));
        Assert.Equal(HealthState.Ok, BoundsHealth.Read(_options, _corroborating).State);
    }

    /// <summary>Over a connection templates come once: who is open teaches on, and who finds no room has to begin anew.
    /// </summary>
    [Fact]
    public void Of_connections_nothing_makes_room_and_who_finds_none_is_told_so()
    {
        var options = _options with { Newcomers = new(1), Sessions = true, MaxExporters = 2 };
        var decoder = new Decoder(options) { Corroborating = _corroborating, Transport = ExportTransport.Tcp };
        Assert.Null(Take(Router, 1, 0, 0));
        Assert.Null(Take(Router, 1, 1, 1_000));

        // It is silent for two minutes, and open: another connection takes neither its place nor its templates.
        Assert.Null(Take(Router, 2, 500, 121_000));
        Assert.Equal("no-room", Take(Router, 2, 501, 122_000));
        decoder.EndSession(Router, 2);
        var unknown = decoder.Find(Router)!.UnknownTemplateSets;
        Assert.Null(Take(Router, 1, 2, 123_000));
        Assert.Equal(unknown, decoder.Find(Router)!.UnknownTemplateSets);

        // Nor does another exporter, until the connection is over.
        Assert.Null(Take(Invented(1), 3, 0, 124_000));
        Assert.Equal("no-room", Take(Invented(2), 4, 0, 250_000));
        decoder.EndSession(Invented(1), 3);
        Assert.Null(Take(Invented(2), 5, 0, 260_000));
        Assert.NotNull(decoder.Find(Router));

        string? Take(IpKey exporter, ushort session, uint sequence, long afterMs)
        {
            var sink = default(Nowhere);
            byte[][] sets = sequence is 0 or 500 ? [Set(2, Template(256, "8/4 12/4 2/4")), Data] : [Data];
            decoder.Decode(IpfixOf(7, sequence, sets), exporter, session, At + afterMs, ref sink);
            return decoder.SessionFault;
        }
    }

    [Fact]
    public void Data_that_waits_for_a_template_of_a_connection_goes_with_it()
    {
        var options = _options with { Sessions = true };
        var decoder = new Decoder(options) { Transport = ExportTransport.Tcp };
        var sink = default(Nowhere);
        decoder.Decode(IpfixOf(7, 0, Data), Router, 1, At, ref sink);
        decoder.Decode(IpfixOf(7, 0, Data), Router, 2, At, ref sink);
        var both = options.Waiting.Held;
        Assert.True(both > 0);
        decoder.EndSession(Router, 1);
        Assert.Equal((both / 2, 1), (options.Waiting.Held, decoder.Find(Router)!.Waiting.Count));
    }

    [Fact]
    public void Malformed_datagrams_of_those_without_a_name_are_a_series_for_each_rule()
    {
        using var counted = new Counted();
        var faults = new FaultLog(TimeProvider.System, NullLogger<FaultLog>.Instance);
        _ = new FaultMetrics(counted.Meters, faults, exporter => exporter == Router);
        for (var i = 0U; i < 3_000; i++)
        {
            faults.Count(Invented(i), new Malformed(Damage.DropDatagram, 0, "a rule"));
        }

        faults.Count(Router, new Malformed(Damage.DropDatagram, 0, "a rule"));
        Assert.Equal(3_000, counted["weir.collecting.malformed_faults{exporter=other,reason=a rule}"]);
        Assert.Equal(1, counted[$"weir.collecting.malformed_faults{{exporter={Router},reason=a rule}}"]);
        Assert.Equal(2, Lines(counted));
    }

    [Fact]
    public void Streams_and_first_datagrams_have_bounds_that_all_exporters_share()
    {
        var decoder = Decoder();
        Establish(decoder);
        for (var i = 0U; i < 500; i++)
        {
            for (ushort port = 1; port <= 40; port++)
            {
                Send(decoder, Invented(i), 0, At, port);
            }
        }

        Assert.True(_corroborating.Streams.Held <= 100);
        Assert.True(_corroborating.HeldOctets.Held <= 4_000);
        Assert.True(_corroborating.Streams.Refused > 0);
        var said = BoundsHealth.Read(_options, _corroborating);
        Assert.Equal(HealthState.Degraded, said.State);
        Assert.Contains("100 streams", said.Reason, StringComparison.Ordinal);

        // Each has its few in any case, and the one with standing goes on.
        Assert.Equal(StreamBook.FreeStreams, decoder.Find(Invented(499))!.Streams!.Kept);
        Assert.Equal(FlowStanding.Corroborated, Send(decoder, Router, 30 * 3, At + 31_000));
    }

    [Fact]
    public void Who_has_no_standing_teaches_within_a_bound_and_what_it_taught_goes_with_its_stream()
    {
        var decoder = Decoder();
        Teacher(decoder, Router, 30);
        Assert.Equal(FlowStanding.Corroborated, decoder.Find(Router)!.Standing);
        Assert.Equal((0, 0), (_options.Newcomers.Held, _options.NewcomerFields.Held));
        for (var i = 0U; i < 50; i++)
        {
            Teacher(decoder, Invented(i), 2);
        }

        Assert.Equal((10, 12), (_options.Newcomers.Held, _options.NewcomerFields.Held));
        Assert.Equal(1, decoder.Find(Router)!.TemplateCount);

        // Their places are others' as soon as they are forgotten.
        foreach (var i in Enumerable.Range(0, 50))
        {
            decoder.Find(Invented((uint)i))!.Clear();
        }

        Assert.Equal(
            (0, 0, 0, 0),
            (_options.Newcomers.Held, _options.NewcomerFields.Held, _corroborating.Streams.Held,
                _corroborating.HeldOctets.Held));
    }

    /// <summary>Streams without standing take turns, and go: what was read at a rate that nobody told stays counted.
    /// </summary>
    [Fact]
    public void Flows_of_unknown_sampling_are_counted_whichever_stream_brought_them()
    {
        var decoder = Decoder();
        var counted = 0L;
        for (var i = 0U; i < 8; i++)
        {
            var sink = default(Nowhere);
            decoder.Decode(
                V9Of(7, i / 2, Teach, Data), Router, (ushort)(Port + (i % 2)), At + (i * 1_000), ref sink);
            Assert.True(decoder.Find(Router)!.FlowsOfUnknownSampling >= counted);
            counted = decoder.Find(Router)!.FlowsOfUnknownSampling;
        }

        Assert.Equal(decoder.Find(Router)!.Flows, counted);
        Assert.True(counted >= 6); // each stream's first waits for its second
        Send(decoder, Router, 0, At + 91_000, 9_999);
        Assert.Equal(decoder.Find(Router)!.Flows, decoder.Find(Router)!.FlowsOfUnknownSampling);
    }

    [Fact]
    public void Templates_have_a_bound_beyond_what_each_exporter_may_have()
    {
        var budget = new SharedBudget(6);
        TemplateField[] three = [new(8, 0, 4), new(12, 0, 4), new(2, 0, 4)];
        var (one, other) = (new TemplateTable(0, 99, 99, budget, 3), new TemplateTable(0, 99, 99, budget, 3));
        Assert.All(Enumerable.Range(256, 3), id => Assert.True(Learn(one, id)));
        Assert.False(Learn(one, 300)); // its own three, and the six of all
        Assert.True(Learn(other, 256)); // which keep none from what is its own
        Assert.False(Learn(other, 257));
        one.Clear();
        Assert.Equal(0, budget.Held);
        Assert.True(Learn(other, 257));

        bool Learn(TemplateTable table, int id) =>
            table.TryLearn(new(ExportProtocol.Ipfix, 1, (ushort)id, Port), false, 0, three);
    }

    [Fact]
    public void A_full_table_of_exporters_makes_room_for_the_next_and_keeps_who_has_standing()
    {
        var decoder = Decoder(_options with { MaxExporters = 20 });
        Establish(decoder);
        for (var i = 0U; i < 50; i++)
        {
            Send(decoder, Invented(i), 0, At + 31_000);
        }

        Assert.Equal((20, 31), (decoder.List().Count, decoder.Refused));

        // A minute later those that were invented are forgotten, and a router that comes new is heard.
        var router = IpKey.Parse("192.0.2.2");
        Send(decoder, router, 0, At + 95_000);
        Send(decoder, router, 3, At + 96_000);
        Assert.Equal([Router, router], decoder.List().Select(one => one.Address).Order());
        Assert.Equal((19, 31), (decoder.Forgotten, decoder.Refused));
        Assert.Equal(
            decoder.Datagrams, decoder.Clean + decoder.Damaged + decoder.Dropped + decoder.Refused + decoder.Unlisted);
    }

    private Decoder Decoder(DecodingOptions? options = null) =>
        new(options ?? _options) { Corroborating = _corroborating };

    private static IpKey Invented(uint number) => IpKey.FromV4(0x0A00_0000 + number);

    private static int Lines(Counted counted)
    {
        _ = counted[""];
        return counted.All.Split('\n').Length;
    }

    /// <summary>Half a minute of NetFlow v5.</summary>
    private static void Establish(Decoder decoder)
    {
        for (var i = 0U; i < 30; i++)
        {
            Send(decoder, Router, i * 3, At + (i * 1_000));
        }

        Assert.Equal(FlowStanding.Corroborated, decoder.Find(Router)!.Standing);
    }

    /// <summary>NetFlow v9 with a template in each message.</summary>
    private static void Teacher(Decoder decoder, IpKey exporter, uint messages)
    {
        for (var i = 0U; i < messages; i++)
        {
            var sink = default(Nowhere);
            decoder.Decode(V9Of(7, i, Teach, Data), exporter, Port, At + (i * 1_000), ref sink);
        }
    }

    private static FlowStanding Send(Decoder decoder, IpKey exporter, uint sequence, long atMs, ushort port = Port)
    {
        var sink = default(Nowhere);
        return decoder.Decode(V5(0, sequence, Record, Record, Record), exporter, port, atMs, ref sink)?.Standing
            ?? FlowStanding.Stray;
    }

    private readonly struct Nowhere : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter)
        {
        }
    }
}
