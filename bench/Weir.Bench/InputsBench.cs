// SPDX-License-Identifier: Apache-2.0
//
// What it costs a flow that exporters are named and their streams followed (rules.md R21): the same datagrams of the same
// exporters, one after the other, through the decoder of a lane with both and without, in turns within one run. The
// digest of a datagram and the look-up of its sender are paid once a datagram and shared by its flows. What a trait of
// a scope costs (R22) is in the bench of evidence: a flow meets it where scopes are open.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Corroborating;
using Weir.Collector.Decoding;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Bench;

/// <summary>Decoding of known exporters against decoding of all, on one core.</summary>
public static class InputsBench
{
    private const int Rounds = 15;
    private const int Exporters = 16;
    private const int Records = 30;
    private const int Rows = 64;
    private const uint ExportedAt = 1_700_000_000;
    private const long StepMs = 100;
    private const ushort Port = 2_055;

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(300);

    /// <summary>Nanoseconds a flow in the best round of each.</summary>
    public static void Run(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var (all, known) = (new Lane(isKnown: false), new Lane(isKnown: true));
        var (plain, named) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            plain = Math.Min(plain, all.Measure());
            named = Math.Min(named, known.Measure());
        }

        if (known.Corroborated == 0)
        {
            throw new InvalidOperationException("no stream of the bench has its standing: it measures something else");
        }

        scores.AtLeast("inputs", $"a flow of {Exporters} exporters, all decoded alike", plain, "ns");
        scores.AtMost(
            "inputs", $"... named in {Rows} rows, and their streams corroborated: more a flow", named - plain, "ns", 5);
        scores.AtLeast("inputs", "... as a share", named / plain, "");
    }

    private sealed class Lane
    {
        private readonly Decoder _decoder;
        private readonly byte[][] _datagrams = [.. Enumerable.Range(0, Exporters).Select(Datagram)];
        private uint _sequence;
        private long _arrivedAtMs = ExportedAt * 1_000L;

        public Lane(bool isKnown)
        {
            var rows = Enumerable.Range(0, Rows).Select(i => new KnownExporterOptions
            {
                Network = i < Exporters
                    ? Prefix.From(AddressOf(i), 128)
                    : Prefix.From(IpKey.FromV4(0x0A00_0000 + ((uint)i << 16)), 112 + (i % 8)),
            });
            _decoder = new(DecodingOptions.OfFiles)
            {
                Known = isKnown ? new KnownExporters(isOpen: false, [.. rows]) : null,
                Corroborating = isKnown ? new() { After = TimeSpan.FromSeconds(1) } : null,
            };
            for (var i = 0; i < 100; i++)
            {
                _ = Pass();
            }
        }

        public long Corroborated { get; private set; }

        /// <summary>Nanoseconds of processor time a flow.</summary>
        public double Measure()
        {
            var (flows, from) = (0L, Environment.CpuUsage.TotalTime);
            TimeSpan spent;
            do
            {
                flows += Pass();
                spent = Environment.CpuUsage.TotalTime - from;
            }
            while (spent < Round);
            return spent.TotalNanoseconds / flows;
        }

        /// <summary>A datagram of each exporter in turn.</summary>
        private long Pass()
        {
            var sink = default(Tally);
            for (var i = 0; i < Exporters; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(_datagrams[i].AsSpan(16), _sequence);
                _ = _decoder.Decode(_datagrams[i], AddressOf(i), Port, _arrivedAtMs, ref sink);
            }

            (_sequence, _arrivedAtMs) = (_sequence + Records, _arrivedAtMs + StepMs);
            Corroborated = sink.Corroborated;
            GC.KeepAlive(sink.Sum);
            return sink.Flows;
        }

        private static IpKey AddressOf(int exporter) => IpKey.FromV4(0xC000_0201 + (uint)exporter);

        /// <summary>NetFlow v5, full.</summary>
        private static byte[] Datagram(int seed)
        {
            var octets = new byte[24 + (Records * 48)];
            new Random(seed).NextBytes(octets);
            BinaryPrimitives.WriteUInt32BigEndian(octets, (5 << 16) | Records);
            BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(4), 3_600_000);
            BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(8), ExportedAt);
            return octets;
        }
    }

    private struct Tally : IFlowSink
    {
        public long Flows;
        public long Corroborated;
        public ulong Sum;

        /// <summary>Not inlined, so that every field of the record is really written.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void OnFlow(in FlowRecord flow, ExporterState exporter)
        {
            Flows++;
            Corroborated += exporter.Streams is not null && exporter.Standing == FlowStanding.Corroborated ? 1 : 0;
            Sum += flow.Source.Lower ^ flow.Octets ^ flow.DestinationPort ^ (ulong)flow.EndMs;
        }
    }
}
