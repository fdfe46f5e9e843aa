// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Weir.Contracts.Flows;

namespace Weir.Contracts.Lists;

/// <summary>Among the rows that cover an endpoint: the one that decides, and how many lists share its role.</summary>
internal ref struct BestRow(ListTag[] tags, byte protocol, uint seconds)
{
    private const int MaxSources = 8;

    private ListTag? _best;
    private int _row;
    private bool _inNetworks;
    private SourceNames _names;
    private byte _sources;

    public readonly bool Found => _best is not null;

    public readonly bool IsAllowed => _best is { Role: ListRole.Allow };

    public readonly ListHit Hit => new(_row, _inNetworks, _sources);

    /// <summary>Takes rows from more to less specific, so that the first of its rank stays.</summary>
    public void Consider(
        ReadOnlySpan<EntryRow> rows, ReadOnlySpan<EntryRow> table, bool inNetworks, bool allowOnly = false)
    {
        foreach (ref readonly var row in rows)
        {
            if (!row.IsValidAt(seconds) || !(row.Protocol == protocol
                || (row.Protocol == 0 && protocol is not (Protocols.Icmp or Protocols.Icmp6))))
            {
                continue;
            }

            var tag = tags[row.Tag];
            if (allowOnly && tag.Role != ListRole.Allow)
            {
                continue;
            }

            if (_best is null || Rank(tag) < Rank(_best))
            {
                _sources = _best?.Role == tag.Role ? _sources : (byte)0;
                _best = tag;
                _inNetworks = inNetworks;
                _row = (int)(Unsafe.ByteOffset(in table[0], in row) / Unsafe.SizeOf<EntryRow>());
            }

            if (tag.Role == _best.Role)
            {
                Count(tag.List);
            }
        }
    }

    /// <summary>Allow first, then C&amp;C, sinkhole, attacker, bogon.</summary>
    private static int Rank(ListTag tag) => tag.Role == ListRole.Allow ? -1 : (int)tag.Role;

    private void Count(string list)
    {
        for (var i = 0; i < _sources; i++)
        {
            if (ReferenceEquals(_names[i], list) || _names[i] == list)
            {
                return;
            }
        }

        if (_sources < MaxSources)
        {
            _names[_sources++] = list;
        }
    }

    [InlineArray(MaxSources)]
    private struct SourceNames
    {
        private string _first;
    }
}
