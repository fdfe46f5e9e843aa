// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;
using Weir.Tests.Collecting;
using Weir.Tests.Conformance;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Decoding;

/// <summary>Whatever an exporter sends: an answer, every datagram accounted for, and times that a calendar has.</summary>
public class DecoderProperties
{
    private const long Now = 1_700_000_000_000;
    private static readonly IpKey _router = IpKey.Parse("192.0.2.1");

    [Fact]
    public void The_corpus_mutated_is_decoded_counted_and_bounded()
    {
        var options = DecodingOptions.OfFiles with
        {
            Tunnels = TunnelPreference.Inner, MaxWaitingOctets = 100_000, MaxTemplatesPerExporter = 64,
            ClockTolerance = TimeSpan.FromDays(7),
        };
        var random = new Random(20_260_528);
        var seeds = Corpus.Payloads(SharedData.Path("flow-export"))
            .Concat(Directory.EnumerateFiles(SharedData.Path("cases/decoders"), "*.pcap").Order(StringComparer.Ordinal)
                .SelectMany(static path => Scratch.Datagrams(path).Taken.Select(static datagram => datagram.Payload)))
            .ToArray();
        var first = new FirstReading(options);
        var decoder = new Decoder(options) { ReadBefore = first };
        var sink = new Judging();
        foreach (var seed in seeds)
        {
            for (var round = 0; round < 40; round++)
            {
                var octets = (byte[])seed.Clone();
                for (var hits = random.Next(6); hits > 0 && octets.Length > 0; hits--)
                {
                    octets[random.Next(octets.Length)] = (byte)random.Next(256);
                }

                var cut = octets.AsSpan(0, random.Next(4) == 0 ? random.Next(octets.Length + 1) : octets.Length);
                var (port, at) = ((ushort)random.Next(4), random.Next(5) == 0 ? 0 : Now + (round * 1_000));
                first.Add(cut, _router, port, at);
                decoder.Decode(cut, _router, port, at, ref sink);
            }
        }

        var listed = Assert.Single(decoder.List());
        Assert.Equal(decoder.Datagrams, decoder.Clean + decoder.Damaged + decoder.Dropped + decoder.Refused);
        Assert.Equal(listed.Datagrams, listed.Clean + listed.Damaged + listed.Dropped);
        Assert.Equal(decoder.Flows, sink.Flows);
        Assert.True(sink.Flows > 1_000 && listed.Lost >= 0 && listed.UnknownTemplateSets >= 0);
        Assert.True(options.Waiting.Held is >= 0 and <= 100_000);
    }

    private struct Judging : IFlowSink
    {
        public long Flows;

        public void OnFlow(in FlowRecord flow, ExporterState exporter)
        {
            Flows++;
            Assert.True(flow.StartMs >= 0 && flow.StartMs <= flow.EndMs && flow.EndMs < 4_323_369_600_000 * 2);
            Assert.True((flow.Traits & (FlowTraits.RunningTotals | FlowTraits.TotalsBeside)) == 0);
            Assert.True(flow.Octets == 0 || flow.Packets > 0, "octets without packets");
            Assert.True(flow.SamplingInterval > 0);
        }
    }
}
