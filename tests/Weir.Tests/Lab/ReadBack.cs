// SPDX-License-Identifier: Apache-2.0
//
// A second, naive reader of the four protocols, so that the encoders are not judged by code written beside them:
// templates are read off the wire and obeyed; nothing here is fast or forgiving.
using System.Buffers.Binary;
using Weir.Wire;

namespace Weir.Tests.Lab;

/// <summary>What one exporter's datagrams say.</summary>
internal sealed class ReadBack
{
    private readonly Dictionary<int, List<(int Element, int Octets, bool Reverse)>> _templates = [];
    private readonly Dictionary<int, int> _optionScopes = [];

    public List<FlowRecord> Flows { get; } = [];

    public List<(uint Sequence, int Records, bool Templates)> Headers { get; } = [];

    public List<uint> Intervals { get; } = [];

    public static ReadBack From(IEnumerable<byte[]> payloads)
    {
        var read = new ReadBack();
        foreach (var payload in payloads)
        {
            read.Read(payload);
        }

        return read;
    }

    public void Read(ReadOnlySpan<byte> payload)
    {
        switch (U16(payload, 0))
        {
            case 5:
                TakeV5(payload);
                break;
            case 9:
                TakeSets(payload, 20, U32(payload, 12), ((long)U32(payload, 8) * 1_000) - U32(payload, 4));
                break;
            case 10:
                Assert.Equal(payload.Length, U16(payload, 2));
                TakeSets(payload, 16, U32(payload, 8), 0);
                break;
            case 0 when U32(payload, 0) == 5:
                TakeSFlow(payload);
                break;
            default:
                Assert.Fail("no flow export");
                break;
        }
    }

    private static ushort U16(ReadOnlySpan<byte> at, int offset) => BinaryPrimitives.ReadUInt16BigEndian(at[offset..]);

    private static uint U32(ReadOnlySpan<byte> at, int offset) => BinaryPrimitives.ReadUInt32BigEndian(at[offset..]);

    private static ulong Number(ReadOnlySpan<byte> octets)
    {
        ulong value = 0;
        foreach (var octet in octets)
        {
            value = (value << 8) | octet;
        }

        return value;
    }

    private void TakeV5(ReadOnlySpan<byte> payload)
    {
        int count = U16(payload, 2);
        var boot = ((long)U32(payload, 8) * 1_000) + (U32(payload, 12) / 1_000_000) - U32(payload, 4);
        Headers.Add((U32(payload, 16), count, false));
        Intervals.Add(Math.Max(1, U16(payload, 22) & 0x3FFFu));
        Assert.Equal(24 + (48 * count), payload.Length);
        for (var at = 24; at < payload.Length; at += 48)
        {
            var record = payload.Slice(at, 48);
            Flows.Add(new FlowRecord
            {
                Source = IpKey.FromV4(U32(record, 0)),
                Destination = IpKey.FromV4(U32(record, 4)),
                InputInterface = U16(record, 12),
                OutputInterface = U16(record, 14),
                Packets = U32(record, 16),
                Octets = U32(record, 20),
                StartMs = boot + U32(record, 24),
                EndMs = boot + U32(record, 28),
                SourcePort = U16(record, 32),
                DestinationPort = U16(record, 34),
                TcpFlags = record[37],
                Protocol = record[38],
            });
        }
    }

    private void TakeSets(ReadOnlySpan<byte> payload, int at, uint sequence, long boot)
    {
        var v9 = U16(payload, 0) == 9;
        var records = 0;
        var templates = false;
        while (at < payload.Length)
        {
            int id = U16(payload, at), length = U16(payload, at + 2);
            var set = payload.Slice(at + 4, length - 4);
            at += length;
            switch (id)
            {
                case 0 or 2:
                    templates = true;
                    records += TakeTemplates(set, v9);
                    break;
                case 1 or 3:
                    templates = true;
                    records++;
                    TakeOptionsTemplate(set, v9);
                    break;
                default:
                    records += TakeData(set, id, boot);
                    break;
            }
        }

        if (v9)
        {
            Assert.Equal(U16(payload, 2), records);
        }

        Headers.Add((sequence, records, templates));
    }

    private int TakeTemplates(ReadOnlySpan<byte> set, bool v9)
    {
        var count = 0;
        for (var at = 0; at + 4 <= set.Length; count++)
        {
            int id = U16(set, at), fields = U16(set, at + 2);
            at += 4;
            _templates[id] = Fields(set, ref at, fields, v9);
        }

        return count;
    }

    private void TakeOptionsTemplate(ReadOnlySpan<byte> set, bool v9)
    {
        int id = U16(set, 0), first = U16(set, 2), second = U16(set, 4);
        var at = 6;
        var fields = v9 ? (first + second) / 4 : first;
        _optionScopes[id] = v9 ? first / 4 : second;
        _templates[id] = Fields(set, ref at, fields, v9);
    }

    private static List<(int Element, int Octets, bool Reverse)> Fields(
        ReadOnlySpan<byte> set, ref int at, int count, bool v9)
    {
        var fields = new List<(int, int, bool)>();
        for (; count > 0; count--)
        {
            int element = U16(set, at), length = U16(set, at + 2);
            at += 4;
            var enterprise = !v9 && (element & 0x8000) != 0;
            if (enterprise)
            {
                Assert.Equal(29305u, U32(set, at));
                at += 4;
            }

            fields.Add((element & 0x7FFF, length, enterprise));
        }

        return fields;
    }

    private int TakeData(ReadOnlySpan<byte> set, int id, long boot)
    {
        var fields = _templates[id];
        var octets = fields.Sum(field => field.Octets);
        var count = 0;
        for (var at = 0; at + octets <= set.Length; at += octets, count++)
        {
            var record = set.Slice(at, octets);
            if (_optionScopes.ContainsKey(id))
            {
                TakeOptions(record, fields);
            }
            else
            {
                Flows.Add(Flow(record, fields, boot));
            }
        }

        return count;
    }

    private void TakeOptions(ReadOnlySpan<byte> record, List<(int Element, int Octets, bool Reverse)> fields)
    {
        uint interval = 0, space = 0;
        var at = 0;
        foreach (var (element, length, _) in fields)
        {
            var value = (uint)Number(record.Slice(at, length));
            at += length;
            interval = element is 50 or 305 ? value : interval;
            space = element == 306 ? value : space;
        }

        Intervals.Add(interval + space);
    }

    private static FlowRecord Flow(
        ReadOnlySpan<byte> record, List<(int Element, int Octets, bool Reverse)> fields, long boot)
    {
        var flow = default(FlowRecord);
        var at = 0;
        foreach (var (element, length, reverse) in fields)
        {
            var octets = record.Slice(at, length);
            var value = length <= 8 ? Number(octets) : 0;
            at += length;
            switch ((element, reverse))
            {
                case (8, _): flow.Source = IpKey.FromV4((uint)value); break;
                case (12, _): flow.Destination = IpKey.FromV4((uint)value); break;
                case (27, _): flow.Source = IpKey.FromV6(octets); break;
                case (28, _): flow.Destination = IpKey.FromV6(octets); break;
                case (7, _): flow.SourcePort = (ushort)value; break;
                case (11, _): flow.DestinationPort = (ushort)value; break;
                case (4, _): flow.Protocol = (byte)value; break;
                case (6, false): flow.TcpFlags = (byte)value; break;
                case (1, false): flow.Octets = value; break;
                case (2, false): flow.Packets = value; break;
                case (6, true): flow.ReverseTcpFlags = (byte)value; break;
                case (1, true): flow.ReverseOctets = value; break;
                case (2, true): flow.ReversePackets = value; break;
                case (22, _): flow.StartMs = boot + (long)value; break;
                case (21, _): flow.EndMs = boot + (long)value; break;
                case (152, _): flow.StartMs = (long)value; break;
                case (153, _): flow.EndMs = (long)value; break;
                case (10, _): flow.InputInterface = (uint)value; break;
                case (14, _): flow.OutputInterface = (uint)value; break;
                default: break;
            }
        }

        return flow;
    }

    private void TakeSFlow(ReadOnlySpan<byte> payload)
    {
        Assert.Equal(1u, U32(payload, 4));
        var samples = (int)U32(payload, 24);
        Headers.Add((U32(payload, 16), samples, false));
        var at = 28;
        for (; samples > 0; samples--)
        {
            Assert.Equal(1u, U32(payload, at));
            var sample = payload.Slice(at + 8, (int)U32(payload, at + 4));
            at += 8 + sample.Length;
            Intervals.Add(U32(sample, 8));
            Assert.Equal(1u, U32(sample, 28));
            var header = sample.Slice(56, (int)U32(sample, 52));
            var v4 = U16(header, 12) == 0x0800;
            var ip = header[14..];
            var transport = ip[(v4 ? 20 : 40)..];
            var flow = new FlowRecord
            {
                Source = v4 ? IpKey.FromV4(U32(ip, 12)) : IpKey.FromV6(ip[8..]),
                Destination = v4 ? IpKey.FromV4(U32(ip, 16)) : IpKey.FromV6(ip[24..]),
                Protocol = v4 ? ip[9] : ip[6],
                InputInterface = U32(sample, 20),
                OutputInterface = U32(sample, 24),
                Packets = 1,
                Octets = v4 ? U16(ip, 2) : U16(ip, 4) + 40u,
                SourcePort = U16(transport, 0),
                DestinationPort = U16(transport, 2),
            };
            flow.TcpFlags = flow.Protocol == 6 ? transport[13] : (byte)0;
            Assert.Equal(flow.Octets + 18, U32(sample, 44));
            Flows.Add(flow);
        }

        Assert.Equal(payload.Length, at);
    }
}
