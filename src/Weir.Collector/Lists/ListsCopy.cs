// SPDX-License-Identifier: Apache-2.0
//
// The last good lists on disk, so that a collector that starts while the desk is away matches all the same: the digest,
// then the octets. A file that does not hold what its digest says is as good as none.
using System.Security.Cryptography;
using Weir.Hosting.Files;

namespace Weir.Collector.Lists;

/// <summary>Keeps one copy.</summary>
internal sealed class ListsCopy(IDurableFolder folder)
{
    private const string Name = "lists";
    private const string Next = "lists.next";

    /// <summary>The octets; null where there are none that can be believed.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public byte[]? Load()
    {
        if (!folder.Names().Contains(Name))
        {
            return null;
        }

        using var file = folder.OpenFile(Name);
        var octets = new byte[file.Length];
        var read = file.Read(0, octets);
        return read == octets.Length && read >= SHA256.HashSizeInBytes
            && SHA256.HashData(octets.AsSpan(SHA256.HashSizeInBytes))
                .AsSpan().SequenceEqual(octets.AsSpan(0, SHA256.HashSizeInBytes))
            ? octets[SHA256.HashSizeInBytes..] : null;
    }

    /// <summary>Puts these in place of the ones before; durable when it returns.</summary>
    /// <exception cref="IOException">The disk refuses; the copy of before stays.</exception>
    public void Save(ReadOnlySpan<byte> octets)
    {
        using (var file = folder.OpenFile(Next))
        {
            file.Cut(0);
            file.Write(0, SHA256.HashData(octets));
            file.Write(SHA256.HashSizeInBytes, octets);
            file.Sync();
        }

        folder.Rename(Next, Name);
        folder.Sync();
    }
}
