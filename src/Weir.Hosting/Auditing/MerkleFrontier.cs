// SPDX-License-Identifier: Apache-2.0
//
// The Merkle tree over all entries, of which only the roots of its full subtrees ("peaks", largest first) are kept: as
// many hashes as the size has bits set. They give the root of every size that comes, and they are all a log needs to go
// on from where old entries were dropped.
//
// Standards: RFC 9162 §2.1.1 (tree), §2.1.2 (leaves and nodes have different prefixes).
using System.Numerics;
using System.Security.Cryptography;

namespace Weir.Hosting.Auditing;

internal sealed class MerkleFrontier
{
    private readonly List<byte[]> _peaks = [];

    public MerkleFrontier()
    {
    }

    /// <summary>Goes on from the peaks of a tree of <paramref name="size"/> leaves.</summary>
    /// <exception cref="FormatException">They cannot be the peaks of such a tree.</exception>
    public MerkleFrontier(long size, IReadOnlyList<string> peaks)
    {
        if (size < 0 || BitOperations.PopCount((ulong)size) != peaks.Count)
        {
            throw new FormatException(
                $"a tree of {size} leaves has {BitOperations.PopCount((ulong)size)} peaks, not {peaks.Count}");
        }

        Size = size;
        _peaks.AddRange(peaks.Select(Convert.FromHexString));
    }

    public long Size { get; private set; }

    public IReadOnlyList<string> Peaks => [.. _peaks.Select(Convert.ToHexStringLower)];

    /// <summary>Root over all leaves; of an empty tree the hash of nothing.</summary>
    public string Root()
    {
        if (_peaks.Count == 0)
        {
            return Convert.ToHexStringLower(SHA256.HashData([]));
        }

        var root = _peaks[^1];
        for (var i = _peaks.Count - 2; i >= 0; i--)
        {
            root = Node(_peaks[i], root);
        }

        return Convert.ToHexStringLower(root);
    }

    /// <summary>Adds a leaf: the octets of a line.</summary>
    public void Add(ReadOnlySpan<byte> leaf)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(leaf);
        var peak = hash.GetHashAndReset();
        for (var full = Size; (full & 1) == 1; full >>= 1)
        {
            peak = Node(_peaks[^1], peak);
            _peaks.RemoveAt(_peaks.Count - 1);
        }

        _peaks.Add(peak);
        Size++;
    }

    public MerkleFrontier Copy()
    {
        var copy = new MerkleFrontier { Size = Size };
        copy._peaks.AddRange(_peaks);
        return copy;
    }

    private static byte[] Node(byte[] left, byte[] right)
    {
        Span<byte> both = stackalloc byte[65];
        both[0] = 1;
        left.CopyTo(both[1..]);
        right.CopyTo(both[33..]);
        return SHA256.HashData(both);
    }
}
