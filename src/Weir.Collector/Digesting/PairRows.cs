// SPDX-License-Identifier: Apache-2.0
//
// Entries on their way out: subjects get their pseudonyms, rows the order of the store. The memory is taken once: what
// the pool hands to a thread that ends with its flush is lost, and a hundred megabytes would be cleared for each.
using Weir.Contracts.Flows;
using Weir.Contracts.Memory;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector.Digesting;

/// <summary>Makes rows of up to so many pairs of one UTC day. Not for several threads.</summary>
internal sealed unsafe class PairRows : IDisposable
{
    /// <summary>Subjects named by one call of the cipher.</summary>
    private const int Named = 1_024;

    /// <summary>Entries asked for ahead of the one that is read: they lie anywhere in memory.</summary>
    private const int Ahead = 12;

    private readonly int _capacity;
    private readonly bool _isOrdered;
    private readonly PairKey* _keys;
    private readonly PairDigest* _rows;
    private readonly UInt128[] _subjects = new UInt128[Named];
    private readonly int[] _numbers = new int[Named];
    private readonly Comparison<PairKey> _byRemote;
    private PairTable? _pairs;
    private int _unnamed;
    private int _count;

    /// <param name="capacity">Pairs at most.</param>
    /// <param name="isOrdered">Whether rows are in the order of the store's key: subject, remote, port, protocol, hour,
    /// as numbers or octets in network order.</param>
    public PairRows(int capacity, bool isOrdered)
    {
        (_capacity, _isOrdered) = (capacity, isOrdered);
        _keys = (PairKey*)LargePages.Allocate((ulong)capacity * (ulong)sizeof(PairKey));
        _rows = (PairDigest*)LargePages.Allocate((ulong)capacity * (ulong)sizeof(PairDigest));
        _byRemote = CompareRemotes;
    }

    public bool IsFull => _count + _unnamed == _capacity;

    public bool IsEmpty => _count + _unnamed == 0;

    /// <summary>Takes a pair; ask <see cref="IsFull"/> first.</summary>
    /// <param name="pairs">The table, the same until the rows are taken.</param>
    /// <param name="number">Which of its entries.</param>
    /// <param name="names">Names of the pair's day.</param>
    public void Add(PairTable pairs, int number, Pseudonymizer names)
    {
        (_subjects[_unnamed], _numbers[_unnamed]) = (pairs.SubjectOf(number), number);
        if (++_unnamed == Named)
        {
            Name(pairs, names);
        }
    }

    /// <summary>All pairs taken, as rows. Valid until the next rows are taken.</summary>
    public ReadOnlySpan<PairDigest> Take(PairTable pairs, Pseudonymizer names)
    {
        Name(pairs, names);
        var keys = new Span<PairKey>(_keys, _count);
        _count = 0;
        if (_isOrdered)
        {
            PairKey.Sort(keys);
            SortShortened(keys, pairs);
        }

        for (var i = 0; i < keys.Length; i++)
        {
            pairs.Prefetch(keys[Math.Min(i + Ahead, keys.Length - 1)].Entry);
            Fill(ref _rows[i], pairs[keys[i].Entry], keys[i].Subject, pairs.RemoteOf(keys[i].Entry));
        }

        return new(_rows, keys.Length);
    }

    public void Dispose()
    {
        LargePages.Return(_keys, (ulong)_capacity * (ulong)sizeof(PairKey));
        LargePages.Return(_rows, (ulong)_capacity * (ulong)sizeof(PairDigest));
    }

    private void Name(PairTable pairs, Pseudonymizer names)
    {
        names.Pseudonymize(_subjects.AsSpan(0, _unnamed));
        for (var i = 0; i < _unnamed; i++)
        {
            _keys[_count++] = new(_subjects[i], pairs.RemoteOf(_numbers[i]), pairs[_numbers[i]].Name, _numbers[i]);
        }

        _unnamed = 0;
    }

    /// <summary>Runs of a subject's remotes that a key does not tell apart: addresses of one IPv6 network.</summary>
    private void SortShortened(Span<PairKey> keys, PairTable pairs)
    {
        _pairs = pairs;
        for (var start = 0; start < keys.Length;)
        {
            var end = start + 1;
            if (keys[start].IsRemoteShortened)
            {
                while (end < keys.Length && keys[end].HasSubjectAndRemoteOf(keys[start]))
                {
                    end++;
                }

                if (end - start > 1)
                {
                    keys[start..end].Sort(_byRemote);
                }
            }

            start = end;
        }
    }

    private int CompareRemotes(PairKey x, PairKey y) =>
        _pairs!.RemoteOf(x.Entry).CompareTo(_pairs.RemoteOf(y.Entry)) is not 0 and var order ? order : x.CompareTo(y);

    private static void Fill(ref PairDigest row, in PairEntry entry, UInt128 subject, UInt128 remote)
    {
        var name = entry.Name;
        row.HourSeconds = name.Hour * 3600;
        row.Subject = new SubjectKey(subject);
        row.Endpoint = new Endpoint(new IpKey(remote), name.Port, name.Protocol);
        row.Role = name.Role;
        row.Access = entry.Access;
        row.TwoWay = entry.IsTwoWay ? (byte)1 : (byte)0;
        row.Flows = entry.Flows;
        row.PacketsOut = entry.PacketsOut;
        row.PacketsIn = entry.PacketsIn;
        row.OctetsOut = entry.OctetsOut;
        row.OctetsIn = entry.OctetsIn;
        row.FirstMs = ((long)name.Hour * 3_600_000) + entry.FirstOffsetMs;
        row.LastMs = ((long)name.Hour * 3_600_000) + entry.LastOffsetMs;
    }
}
