// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Weir.Contracts.Flows;

namespace Weir.Contracts.Lists;

/// <summary>What is asked of the rows that cover an address.</summary>
/// <param name="Port">Of the endpoint.</param>
/// <param name="Protocol">Of the endpoint.</param>
/// <param name="Seconds">When, since the UNIX epoch.</param>
/// <param name="AnyPort">False leaves out rows without a port, but for those that allow.</param>
internal readonly record struct Question(ushort Port, byte Protocol, uint Seconds, bool AnyPort)
{
    /// <summary>Whether a row holds at the time and for the protocol; its port and role aside.</summary>
    public bool IsMetBy(ref readonly EntryRow row) => row.IsValidAt(Seconds) && (row.Protocol == Protocol
        || (row.Protocol == 0 && Protocol is not (Protocols.Icmp or Protocols.Icmp6)));

    /// <summary>Whether a row of the address decides where it is the only one.</summary>
    public bool IsAnsweredBy(ref readonly EntryRow row, ListTag[] tags) => IsMetBy(in row)
        && (row.Port == 0 ? AnyPort || tags[row.Tag].Role == ListRole.Allow : row.Port == Port);
}

/// <summary>Among the rows that cover an endpoint: the one that decides, and how many lists share its role.</summary>
/// <param name="tags">Of the rows.</param>
/// <param name="asked">What for.</param>
internal ref struct BestRow(ListTag[] tags, Question asked)
{
    private const int MaxSources = 8;
    private const int FewRows = 8;

    private ListTag? _best;
    private int _row;
    private bool _inNetworks;
    private SourceNames _names;
    private byte _sources;

    public readonly bool Found => _best is not null;

    public readonly bool IsAllowed => _best is { Role: ListRole.Allow };

    public readonly ListHit Hit => new(_row, _inNetworks, _sources);

    /// <summary>Looks at the rows of one prefix. More specific prefixes come first, so that the first of its rank
    /// stays.</summary>
    public void Consider(EntryTable table, ulong upper, ulong lower, int length, bool inNetworks)
    {
        var rows = table.Find(upper, lower, length);
        if (rows.IsEmpty)
        {
            return;
        }

        if (rows.Length <= FewRows)
        {
            // Sorted by port, so that from the end on those with a port come before those without.
            for (var i = rows.Length - 1; i >= 0; i--)
            {
                if (rows[i].Port == 0 || rows[i].Port == asked.Port)
                {
                    Consider(rows.Slice(i, 1), table, inNetworks, allowOnly: !asked.AnyPort && rows[i].Port == 0);
                }
            }

            return;
        }

        if (asked.Port != 0)
        {
            Consider(EntryTable.WithPort(rows, asked.Port), table, inNetworks);
        }

        // Allowed is allowed, whoever opened the conversation: rows without port are read in any case.
        Consider(EntryTable.WithPort(rows, 0), table, inNetworks, allowOnly: !asked.AnyPort);
    }

    private void Consider(ReadOnlySpan<EntryRow> rows, EntryTable table, bool inNetworks, bool allowOnly = false)
    {
        foreach (ref readonly var row in rows)
        {
            if (!asked.IsMetBy(in row))
            {
                continue;
            }

            var tag = tags[row.Tag];
            if (allowOnly && tag.Role != ListRole.Allow)
            {
                continue;
            }

            if (_best is null || Rank(tag) < Rank(_best) || IsOthersWord(tag, _best))
            {
                _sources = _best?.Role == tag.Role ? _sources : (byte)0;
                _best = tag;
                _inNetworks = inNetworks;
                _row = table.IndexOf(in row);
            }

            if (tag.Role == _best.Role)
            {
                Count(tag.List);
            }
        }
    }

    /// <summary>What others list decides before what we put on our own list: a case then rests on more than on what was
    /// found here.</summary>
    private static bool IsOthersWord(ListTag tag, ListTag best) => tag.Role == best.Role
        && best.List == PromotedList.Name && tag.List != PromotedList.Name;

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
