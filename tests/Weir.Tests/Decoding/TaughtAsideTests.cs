// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Corroborating;
using Weir.Collector.Decoding;
using Weir.Contracts.Flows;
using Weir.Hosting.Health;
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Decoding;

/// <summary>What who has no standing teaches serves himself alone (rules.md R21).</summary>
public sealed class TaughtAsideTests
{
    private const ushort Port = 2_055;
    private const long At = (ExportedAt * 1_000L) + 40;

    private static readonly IpKey _router = IpKey.Parse("192.0.2.1");
    private static readonly byte[] _ends = U8(10, 0, 0, 1, 203, 0, 113, 9);
    private static readonly byte[] _record = Join(_ends, U32(5));
    private static readonly byte[] _teach = Set(0, Template(256, "8/4 12/4 2/4"));
    private static readonly byte[] _other = Set(0, Template(256, "12/4 8/4 2/4"));
    private static readonly byte[] _sampler = Set(1, U16(257, 4, 8), U16(1, 4), U16(48, 1, 50, 4));

    private long _atMs = At;
    private uint _number;

    private readonly record struct Told(FlowStanding Standing, IpKey Source, uint Sampling);

    [Fact]
    public void The_first_datagram_of_a_stream_is_read_when_another_continues_it_and_nothing_of_it_is_lost()
    {
        var decoder = Make();
        Assert.All(
            Decode(decoder, Port, V9Of(7, 0, _teach, Rate(300), Set(256, _record))),
            told => Assert.Equal(FlowStanding.Stray, told.Standing));
        Assert.Equal(0, Assert.Single(decoder.List()).Templates);

        var told = Decode(decoder, Port, V9Of(7, 1, Set(256, _record)));
        Assert.Equal(2, told.Count);
        Assert.All(told, one => Assert.Equal(
            new Told(FlowStanding.Doubtful, IpKey.Parse("10.0.0.1"), 300), one));
    }

    [Theory]
    [InlineData(Port)]
    [InlineData(9_999)]
    public void Neither_a_stray_nor_a_young_stream_changes_what_an_established_one_tells(ushort port)
    {
        var decoder = Established();
        var true1 = new Told(FlowStanding.Corroborated, IpKey.Parse("10.0.0.1"), 300);
        for (var i = 0U; i < 30; i++)
        {
            var forged = Decode(decoder, port, V9Of(7, 50_000_000 + i, _other, Rate(7), Set(256, _record)));
            Assert.All(forged, told => Assert.NotEqual(FlowStanding.Corroborated, told.Standing));
            if (i > 0)
            {
                Assert.All(forged, told => Assert.Equal((7U, IpKey.Parse("203.0.113.9")), (told.Sampling, told.Source)));
            }

            Assert.Equal([true1], Decode(decoder, Port, V9Of(7, _number++, Set(256, _record))));
        }

        // A session that announced nothing is answered by those that have their standing, and by no other.
        Assert.Contains(decoder.Snapshot()[0].Rates, rate => rate.Said.Interval == 300);
        Assert.DoesNotContain(decoder.Snapshot()[0].Rates, rate => rate.Said.Interval == 7);
    }

    [Fact]
    public void What_a_stream_taught_is_the_exporters_once_it_has_its_standing_and_health_is_content()
    {
        var decoder = Established();
        var saved = Assert.Single(decoder.Snapshot());
        Assert.Contains(saved.Templates, template => template.Key.Id == 256);
        Assert.Contains(saved.Rates, rate => rate.Said.Interval == 300);
        Assert.Equal(ComponentHealth.Ok, StreamHealth.Read(decoder.List()));
    }

    [Fact]
    public void A_further_stream_beside_it_is_in_health_with_what_to_do()
    {
        var decoder = Established();
        for (var i = 0U; i < 100; i++)
        {
            _ = Decode(decoder, 9_999, V9Of(7, 50_000_000 + i, Set(256, _record)));
            _ = Decode(decoder, Port, V9Of(7, _number++, Set(256, _record)));
        }

        Assert.Contains("add its domain or its port", StreamHealth.Read(decoder.List()).Reason, StringComparison.Ordinal);
    }

    private static Decoder Make() => new(DecodingOptions.OfFiles)
    {
        Corroborating = new CorroboratingOptions { After = TimeSpan.FromMinutes(1) },
    };

    private Decoder Established()
    {
        var decoder = Make();
        _ = Decode(decoder, Port, V9Of(7, _number++, _teach, Rate(300), Set(256, _record)));
        for (var i = 0; i < 70; i++)
        {
            _ = Decode(decoder, Port, V9Of(7, _number++, Set(256, _record)));
        }

        return decoder;
    }

    private static byte[] Rate(uint interval) => Join(_sampler, Set(257, U32(1), U8(3), U32(interval)));

    private List<Told> Decode(Decoder decoder, ushort port, byte[] datagram)
    {
        var sink = new Kept([]);
        decoder.Decode(datagram, _router, port, _atMs += 1_000, ref sink);
        return sink.Flows;
    }

    private readonly record struct Kept(List<Told> Flows) : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter) =>
            Flows.Add(new(exporter.Standing, flow.Source, flow.SamplingInterval));
    }
}
