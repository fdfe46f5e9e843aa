// SPDX-License-Identifier: Apache-2.0
//
// The rows for the lanes. A lease is a row. A port block becomes a row for every lease of its inside address that
// overlaps it in time, and a lease behind a translation by rule a row on the outside too; so a lease that changes sends
// the rows of its blocks again.
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Ipam;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <content>Rows for the lanes.</content>
public sealed partial class IdentityTable
{
    private static readonly UInt128 RuleMark = UInt128.One << 126;
    private static readonly UInt128 PlanMark = UInt128.One << 127;

    private IReadOnlyList<PlannedNetwork> _withdrawn = [];

    public IEnumerable<IntakeRow> IntakeRows(long sinceVersion, out long version)
    {
        lock (_gate)
        {
            version = _version;
            var rows = new List<IntakeRow>();
            var blocks = new HashSet<int>();
            for (var id = 0; id < _pool.Reach; id++)
            {
                ref var holding = ref _pool[id];
                if (holding.IsFree || holding.Version <= sinceVersion)
                {
                    continue;
                }

                if (holding.Who < 0)
                {
                    blocks.Add(id);
                }
                else
                {
                    rows.Add(Row(id));
                    Follow(id, rows, blocks);
                }
            }

            foreach (var id in blocks)
            {
                AddBlock(id, rows);
            }

            if (_planVersion > sinceVersion)
            {
                rows.AddRange(_plan.Networks.Select(n => Row(n, n.UntilMs)));
                rows.AddRange(_withdrawn.Select(n => Row(n, n.FromMs)));
            }

            return rows;
        }
    }

    public IEnumerable<IntakeRow> HeldBy(SubscriberLineName line)
    {
        lock (_gate)
        {
            var rows = new List<IntakeRow>();
            if (_lines.TryFind(line, out var number))
            {
                var blocks = new HashSet<int>();
                for (var id = 0; id < _pool.Reach; id++)
                {
                    if (!_pool[id].IsFree && _pool[id].Who == number)
                    {
                        rows.Add(Row(id));
                        Follow(id, rows, blocks);
                    }
                }

                foreach (var id in blocks)
                {
                    AddBlock(id, rows);
                }
            }

            rows.AddRange(_plan.Networks.Where(n => n.Customer == line).Select(n => Row(n, n.UntilMs)));
            return rows.Where(r => r.Line == line).OrderBy(r => r.FromMs).ToList();
        }
    }

    private IntakeRow Row(int id)
    {
        ref var holding = ref _pool[id];
        return new(
            (UInt128)holding.Serial, holding.Space.Prefix, holding.Space.PortFrom, holding.Space.PortTo,
            holding.Span.Begin, EndOf(id), _lines[holding.Who], holding.Space.Protocol);
    }

    /// <summary>A holding ends for the lanes where it was last heard, once another's record says that it
    /// ended unheard.</summary>
    private long EndOf(int id)
    {
        ref var holding = ref _pool[id];
        return _spaces.NextOther(id) < holding.Span.End ? holding.Span.Heard : holding.Span.End;
    }

    private static IntakeRow Row(PlannedNetwork planned, long untilMs)
    {
        // A stable number: the plan has no serials, and the same row read again is the same row.
        Span<byte> digest = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes($"{planned.Network} {planned.FromMs} {planned.Customer}"), digest);
        return new(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest) | PlanMark, planned.Network, 0,
            ushort.MaxValue, planned.FromMs, untilMs, planned.Customer);
    }

    /// <summary>What stands on the outside of a lease: blocks to be sent again, and rows by rule.</summary>
    private void Follow(int number, List<IntakeRow> rows, HashSet<int> blocks)
    {
        ref var lease = ref _pool[number];
        if (lease.Space.Source == IdentitySource.PortBlock || lease.Space.Length != 128)
        {
            return;
        }

        if (_insides.TryFind(lease.Space.Network, out var inside))
        {
            for (var id = _firstBlock[inside]; id >= 0; id = _pool[id].NextInside)
            {
                blocks.Add(id);
            }
        }

        for (var i = 0; i < _nats.Length; i++)
        {
            var nat = _nats[i];
            if (nat.TryOutside(new IpKey(lease.Space.Network), out var outside, out var from, out var to))
            {
                rows.Add(new IntakeRow(
                    RuleMark | ((UInt128)(uint)i << 64) | (UInt128)lease.Serial, new Prefix(outside, 128), from, to,
                    Math.Max(lease.Span.Begin, nat.FromMs), Math.Min(EndOf(number), nat.UntilMs), _lines[lease.Who]));
            }
        }
    }

    private void AddBlock(int number, List<IntakeRow> rows)
    {
        ref var block = ref _pool[number];
        var end = EndOf(number);
        var inside = new IpKey(_insides[~block.Who]);
        foreach (var source in (ReadOnlySpan<IdentitySource>)[IdentitySource.Radius, IdentitySource.Dhcp])
        {
            foreach (var id in _spaces.All(AddressKey.From(new Prefix(inside, 128), source)))
            {
                ref var lease = ref _pool[id];
                rows.Add(new IntakeRow(
                    ((UInt128)block.Serial << 64) | (UInt128)lease.Serial, block.Space.Prefix, block.Space.PortFrom,
                    block.Space.PortTo, Math.Max(block.Span.Begin, lease.Span.Begin), Math.Min(end, EndOf(id)),
                    _lines[lease.Who], block.Space.Protocol));
            }
        }

        if (_plan.Find(inside, block.Span.Sure) is { } planned)
        {
            rows.Add(new IntakeRow(
                ((UInt128)block.Serial << 64) | PlanMark, block.Space.Prefix, block.Space.PortFrom, block.Space.PortTo,
                Math.Max(block.Span.Begin, planned.FromMs), Math.Min(end, planned.UntilMs), planned.Customer,
                block.Space.Protocol));
        }
    }
}
