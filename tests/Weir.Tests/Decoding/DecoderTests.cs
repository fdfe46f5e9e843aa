// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Tests.Wire;
using Weir.Wire;
using static Weir.Tests.Wire.MessageMaker;

namespace Weir.Tests.Decoding;

public class DecoderTests
{
    private const long Now = (ExportedAt * 1000L) + 40;
    private static readonly IpKey _router = IpKey.Parse("192.0.2.1");
    private static readonly byte[] _teach = Set(0, Template(256, "8/4 12/4 2/4"));
    private static readonly byte[] _record = Join(Ip("10.0.0.1"), Ip("192.0.2.7"), U32(5));

    [Fact]
    public void Datagrams_add_up_to_their_fates()
    {
        var lane = new Lane(DecodingOptions.OfFiles with { MaxExporters = 1 });
        var damaged = V9(_teach, Set(256, _record), Set(300, _record))[..^2];
        lane.Decode(V9(_teach), damaged, U8(1, 2, 3, 4), U8());
        lane.TakeFrom(IpKey.Parse("192.0.2.2"), V9(_teach));
        var decoder = lane.Decoder;
        Assert.Equal((5L, 1L, 1L, 2L, 1L), (
            decoder.Datagrams, decoder.Clean, decoder.Damaged, decoder.Dropped, decoder.Refused));
        var listed = Assert.Single(decoder.List());
        Assert.Equal(listed.Datagrams, listed.Clean + listed.Damaged + listed.Dropped);
        Assert.Equal(2, listed.Faults["no flow export protocol begins so"]);
        Assert.Equal((1L, 1L), (listed.Flows, listed.UnknownTemplateSets));
    }

    [Fact]
    public void A_flow_without_times_ends_at_the_export_and_never_at_zero()
    {
        var flow = Assert.Single(new Lane().Decode(V9(_teach, Set(256, _record))));
        Assert.Equal((ExportedAt * 1000L, ExportedAt * 1000L), (flow.StartMs, flow.EndMs));
        var sampled = Assert.Single(new Lane().Decode(SFlow(FlowSample(IPv4(17, U16(1, 2)), protocol: 11))));
        Assert.Equal((Now, Now), (sampled.StartMs, sampled.EndMs));
    }

    [Fact]
    public void The_rate_comes_from_whoever_is_nearest()
    {
        var options = Set(1, U16(257, 4, 4), U16(1, 4), U16(34, 4));
        Assert.Equal((1U, SamplingSource.Unknown), Rate(DecodingOptions.OfFiles));
        Assert.Equal((64U, SamplingSource.Default), Rate(DecodingOptions.OfFiles with { DefaultSampling = 64 }));
        Assert.Equal((100U, SamplingSource.Options), Rate(
            DecodingOptions.OfFiles with { DefaultSampling = 64 }, options, Set(257, U32(1, 100))));
        var fixedRate = DecodingOptions.OfFiles with { Exporters = [new() { Address = new Prefix(_router, 128), Sampling = 7 }] };
        Assert.Equal((7U, SamplingSource.Configuration), Rate(fixedRate, options, Set(257, U32(1, 100))));
    }

    [Fact]
    public void What_is_said_of_an_exporter_counts_from_the_next_datagram_on_and_what_it_taught_stays()
    {
        var lane = new Lane();
        Assert.Equal(1U, Assert.Single(lane.Decode(V9(_teach, Set(256, _record)))).SamplingInterval);
        lane.Decoder.Follow([new() { Address = new Prefix(_router, 128), Sampling = 7, Role = ExporterRole.Border }]);
        Assert.Equal(7U, Assert.Single(lane.Decode(V9(Set(256, _record)))).SamplingInterval);
        Assert.Equal(1, lane.Decoder.Find(_router)!.Role);
        lane.Decoder.Follow([]);
        Assert.Equal(1U, Assert.Single(lane.Decode(V9(Set(256, _record)))).SamplingInterval);
        Assert.Equal(0, lane.Decoder.Find(_router)!.Role);
    }

    [Fact]
    public void A_header_rate_is_told_apart_from_options()
    {
        var lane = new Lane();
        Assert.Equal(
            100U,
            Assert.Single(lane.Decode(V5(100, 0, V5Record("10.0.0.1", "192.0.2.7", 1, 2, 3, 4)))).SamplingInterval);
        Assert.Equal(SamplingSource.Header, Assert.Single(lane.Decoder.List()).SamplingSource);
    }

    [Fact]
    public void A_sampler_an_interface_and_a_domain_have_their_own_rates()
    {
        var lane = new Lane();
        lane.Decode(V9(
            Set(1, U16(257, 4, 8), U16(1, 4), U16(48, 1, 50, 4)),
            Set(257, U32(1), U8(3), U32(300)),
            Set(257, U32(1), U8(4), U32(400)),
            Set(1, U16(258, 4, 4), U16(2, 4), U16(34, 4)),
            Set(258, U32(9, 900)),
            Set(0, Template(259, "8/4 12/4 48/1 10/2"))));
        var ends = _record[..8];
        Assert.Equal(
            [300U, 400U, 900U, 1U],
            lane.Decode(V9(Set(259, ends, U8(3, 0, 1), ends, U8(4, 0, 1), ends, U8(0, 0, 9), ends, U8(0, 0, 1))))
                .Select(static flow => flow.SamplingInterval));
        var other = V9Of(8, 0, Set(0, Template(259, "8/4 12/4 48/1")), Set(259, ends, U8(3), ends, U8(5)));
        Assert.Equal([300U, 1U], lane.Decode(other).Select(static flow => flow.SamplingInterval));
    }

    [Fact]
    public void A_record_without_sampler_takes_the_rate_all_samplers_share()
    {
        var lane = new Lane();
        lane.Decode(
            V9(_teach, Set(1, U16(257, 4, 8), U16(1, 4), U16(48, 1, 50, 4)), Set(257, U32(1), U8(3), U32(300))));
        Assert.Equal(300U, Assert.Single(lane.Decode(V9(Set(256, _record)))).SamplingInterval);
    }

    [Fact]
    public void Missing_messages_are_counted_and_late_ones_given_back()
    {
        var lane = new Lane();
        lane.Decode(
            V9Of(7, uint.MaxValue - 1, _teach), V9Of(7, uint.MaxValue, _teach), V9Of(7, 0, _teach), V9Of(7, 3, _teach));
        Assert.Equal(2, Assert.Single(lane.Decoder.List()).Lost);
        lane.Decode(V9Of(7, 2, _teach));
        var listed = Assert.Single(lane.Decoder.List());
        Assert.Equal((1L, 1L, 0L), (listed.Lost, listed.Late, listed.Restarts));
    }

    [Fact]
    public void Ipfix_counts_records_and_v5_flows()
    {
        var lane = new Lane();
        var teach = Set(2, Template(256, "8/4 12/4 2/4"));
        lane.Decode(
            IpfixOf(7, 100, teach, Set(256, _record, _record)), IpfixOf(7, 102, Set(256, _record)),
            IpfixOf(7, 110, Set(256, _record)));
        Assert.Equal(7, Assert.Single(lane.Decoder.List()).Lost);
        lane.Decode(IpfixOf(7, 111, Set(999, _record)), IpfixOf(7, 500, Set(256, _record)));
        Assert.Equal(7, Assert.Single(lane.Decoder.List()).Lost);
    }

    [Fact]
    public void Two_ports_of_one_exporter_have_their_own_sequences_and_share_templates()
    {
        var lane = new Lane();
        lane.Decode(V9Of(7, 10, _teach));
        lane.Port = 4_000;
        Assert.Single(lane.Decode(V9Of(7, 90, Set(256, _record))));
        Assert.Equal(0, Assert.Single(lane.Decoder.List()).Lost);
    }

    [Fact]
    public void The_clocks_are_kept_apart()
    {
        var lane = new Lane();
        lane.Decode(V9(_teach));
        var listed = Assert.Single(lane.Decoder.List());
        Assert.Equal((40L, Now, Now), (listed.ClockSkewMs, listed.FirstSeenMs, listed.LastSeenMs));
    }

    [Fact]
    public void Decoding_allocates_nothing_per_datagram_once_its_exporter_is_known()
    {
        var decoder = new Decoder(DecodingOptions.OfFiles);
        var datagram = V9(_teach, Set(256, _record, _record));
        var sink = default(Counting);
        Decode(decoder, datagram, ref sink, 50);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Decode(decoder, datagram, ref sink, 500);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1_100, sink.Flows);
    }

    private static void Decode(Decoder decoder, byte[] datagram, ref Counting sink, int times)
    {
        for (var i = 0; i < times; i++)
        {
            decoder.Decode(datagram, _router, 2055, Now, ref sink);
        }
    }

    private static (uint Interval, SamplingSource Source) Rate(DecodingOptions options, params byte[][] sets)
    {
        var lane = new Lane(options);
        var flow = Assert.Single(lane.Decode(V9([.. sets, _teach, Set(256, _record)])));
        return (flow.SamplingInterval, Assert.Single(lane.Decoder.List()).SamplingSource);
    }

    private struct Counting : IFlowSink
    {
        public int Flows;

        public void OnFlow(in FlowRecord flow, ExporterState exporter) => Flows++;
    }

    /// <summary>A decoder with one exporter in front and a list behind.</summary>
    private sealed class Lane(DecodingOptions? options = null)
    {
        public Decoder Decoder { get; } = new(options ?? DecodingOptions.OfFiles);

        public ushort Port { get; set; } = 2_055;

        public List<FlowRecord> Decode(params byte[][] datagrams) => TakeFrom(_router, datagrams);

        public List<FlowRecord> TakeFrom(IpKey exporter, params byte[][] datagrams)
        {
            var sink = new RecordingFlowSink([]);
            foreach (var datagram in datagrams)
            {
                Decoder.Decode(datagram, exporter, Port, Now, ref sink);
            }

            return sink.Flows;
        }
    }

    private readonly record struct RecordingFlowSink(List<FlowRecord> Flows) : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter) => Flows.Add(flow);
    }
}
