// SPDX-License-Identifier: Apache-2.0
//
// How many records one core decodes in a second: each protocol's datagram, as large as Ethernet carries, read over and
// over into a visitor that only adds up. Datagrams rotate, so that branch history is not that of a single record.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Weir.Wire;
using Weir.Wire.Exports;
using Weir.Wire.NetFlow;

namespace Weir.Bench;

/// <summary>Decoding alone, in process, on one core.</summary>
public static class DecodeBench
{
    private const int Rounds = 5;
    private const int Variants = 64;
    private static readonly TimeSpan _round = TimeSpan.FromMilliseconds(300);

    /// <summary>For each protocol: million records a second of processor time in the best round, and octets
    /// allocated per record.</summary>
    public static void Run(Scores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        Line(scores, "NetFlow v5", 60, Many(static (random, _) => V5(random)));
        Line(scores, "NetFlow v9", 30, Many((random, i) => Sets(random, ipfix: false, teach: i == 0)));
        Line(scores, "IPFIX", 30, Many((random, i) => Sets(random, ipfix: true, teach: i == 0)));
        Line(scores, "sFlow v5", 8, Many(static (random, _) => SFlow(random)));
    }

    private static void Line(Scores scores, string name, int aim, byte[][] datagrams)
    {
        var templates = new TemplateTable();
        var tally = default(Tally);
        long best = 0;
        long allocated = 0;
        for (var round = 0; round <= Rounds; round++)
        {
            tally = default;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Spent();
            TimeSpan spent;
            do
            {
                foreach (var datagram in datagrams)
                {
                    ExportReader.Read(datagram, templates, ref tally);
                }

                spent = Spent() - start;
            }
            while (spent < _round);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            best = Math.Max(best, (long)(tally.Flows / spent.TotalSeconds));
        }

        GC.KeepAlive(tally.Sum);
        scores.AtLeast("decode", $"{name}, records a second", best / 1e6, "M", aim);
        scores.AtMost(
            "decode", $"{name}, octets allocated per record", Math.Round((double)allocated / tally.Flows, 2), "B", 0);
    }

    /// <summary>Processor time, so that neighbours on a shared machine do not count against us.</summary>
    private static TimeSpan Spent() => Environment.CpuUsage.TotalTime;

    private static byte[][] Many(Func<Random, int, byte[]> make)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Variants).Select(i => make(random, i))];
    }

    private static byte[] V5(Random random)
    {
        var octets = new byte[24 + (30 * 48)];
        random.NextBytes(octets);
        BinaryPrimitives.WriteUInt32BigEndian(octets, (5 << 16) | 30);
        return octets;
    }

    /// <summary>A template of the fields a router usually sends, and the records that fill the datagram; the template
    /// comes with every 64th.</summary>
    private static byte[] Sets(Random random, bool ipfix, bool teach)
    {
        (int Id, int Length)[] fields = ipfix
            ? [
                (8, 4), (12, 4), (5, 1), (4, 1), (7, 2), (11, 2), (32, 2), (10, 4), (9, 1), (13, 1), (16, 4), (17, 4),
                (15, 4), (6, 1), (14, 4), (1, 8), (2, 8), (152, 8), (153, 8), (136, 1), (61, 1)]
            : [
                (21, 4), (22, 4), (1, 4), (2, 4), (10, 2), (14, 2), (8, 4), (12, 4), (4, 1), (5, 1), (7, 2), (11, 2),
                (48, 1), (6, 1), (9, 1), (13, 1), (16, 2), (17, 2), (61, 1)];
        var header = ipfix ? 16 : 20;
        var record = fields.Sum(static field => field.Length);
        var template = teach ? 8 + (fields.Length * 4) : 0;
        var count = (1_420 - header - template) / record;
        var octets = new byte[header + template + 4 + (count * record)];
        random.NextBytes(octets.AsSpan(header + template));
        var span = octets.AsSpan();
        BinaryPrimitives.WriteUInt16BigEndian(span, (ushort)(ipfix ? 10 : 9));
        BinaryPrimitives.WriteUInt16BigEndian(span[2..], (ushort)(ipfix ? octets.Length : count + 1));
        BinaryPrimitives.WriteUInt32BigEndian(span[(ipfix ? 4 : 8)..], 1_700_000_000);
        span = span[header..];
        Words(teach ? span : new byte[8], ipfix ? 2 : 0, template, 256, fields.Length);
        for (var i = 0; teach && i < fields.Length; i++)
        {
            Words(span[(8 + (i * 4))..], fields[i].Id, fields[i].Length);
        }

        Words(span[template..], 256, 4 + (count * record));
        return octets;
    }

    private static byte[] SFlow(Random random)
    {
        const int Samples = 7;
        var octets = new byte[28 + (Samples * (8 + 32 + 8 + 16 + 128))];
        var span = octets.AsSpan();
        Longs(span, 5, 1, 0xC0000201, 0, 1, 1000, Samples);
        for (var i = 0; i < Samples; i++)
        {
            var sample = span[(28 + (i * 192))..];
            Longs(sample, 1, 184, 1, 5, 512, 0, 0, 5, 6, 1, 1, 144, 1, 1000, 4, 128);
            var packet = sample.Slice(64, 128);
            random.NextBytes(packet);
            Words(packet[12..], 0x8100, 7, 0x0800, 0x4500);
            packet[23 + 4] = 6;
            Words(packet[24..], 0);
        }

        return octets;
    }

    private static void Words(Span<byte> span, params ReadOnlySpan<int> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(span[(i * 2)..], (ushort)values[i]);
        }
    }

    private static void Longs(Span<byte> span, params ReadOnlySpan<uint> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(span[(i * 4)..], values[i]);
        }
    }

    private struct Tally : IFlowVisitor
    {
        public long Flows;
        public ulong Sum;

        /// <summary>Not inlined, so that every field of the record is really written.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void OnFlow(in FlowRecord flow)
        {
            Flows++;
            Sum += flow.Source.Lower ^ flow.Octets ^ flow.DestinationPort ^ (ulong)flow.EndMs;
        }

        public readonly void OnMessage(in ExportHeader header)
        {
        }

        public readonly void OnSampling(in SamplingAnnouncement sampling)
        {
        }

        public readonly void OnTemplateUnknown(uint domain, ushort templateId, ReadOnlySpan<byte> set)
        {
        }

        public readonly bool IsInnerWanted(TunnelForm form, IpKey source, IpKey destination) => true;

        public readonly void OnIgnored(IgnoredReason what)
        {
        }

        public readonly void OnMalformed(in Malformed fault)
        {
        }

        public readonly void OnMessageEnd(uint sequenceUnits)
        {
        }
    }
}
