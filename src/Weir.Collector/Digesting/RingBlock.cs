// SPDX-License-Identifier: Apache-2.0
//
// A block of the ring on disk: flows as they lie in memory under AES-256-GCM, and the tag. Each block has a key of its
// own, drawn at random and held in memory alone: a block that leaves the ring can be read by nobody any more, though
// its octets stay in the file until others take their place. The nonce is the block's number, which never comes again.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Weir.Contracts.Flows;

namespace Weir.Collector.Digesting;

/// <summary>One block: where it lies, what times it holds, and its key.</summary>
internal sealed class RingBlock(long number, int flows, long firstMs, long lastMs, long closedMs)
{
    public const int TagOctets = 16;

    private const int KeyOctets = 32;
    private const int NonceOctets = 12;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(KeyOctets);

    public long Number => number;

    public int Flows => flows;

    /// <summary>Earliest and latest flow start.</summary>
    public long FirstMs => firstMs;

    public long LastMs => lastMs;

    /// <summary>When it was closed, by our clock.</summary>
    public long ClosedMs => closedMs;

    /// <summary>Octets on disk.</summary>
    public int Length => LengthOf(flows);

    public long Offset { get; set; }

    /// <summary>Whose flows it holds; null before it is written.</summary>
    public SubjectSieve? Subjects { get; set; }

    /// <summary>Flows that started later are not in the block. An exporter whose clock is ahead does not move this
    /// beyond our own.</summary>
    public long BeyondMs => Math.Min(lastMs, closedMs) + 1;

    public static int LengthOf(int flows) => (flows * Unsafe.SizeOf<Flow>()) + TagOctets;

    public void Encrypt(ReadOnlySpan<Flow> content, Span<byte> octets)
    {
        Span<byte> nonce = stackalloc byte[NonceOctets];
        using var cipher = new AesGcm(_key, TagOctets);
        cipher.Encrypt(Nonce(nonce), MemoryMarshal.AsBytes(content), octets[..^TagOctets], octets[^TagOctets..]);
    }

    /// <exception cref="AuthenticationTagMismatchException">The octets are not those that were written.</exception>
    public void Decrypt(ReadOnlySpan<byte> octets, Span<Flow> content)
    {
        Span<byte> nonce = stackalloc byte[NonceOctets];
        using var cipher = new AesGcm(_key, TagOctets);
        cipher.Decrypt(Nonce(nonce), octets[..^TagOctets], octets[^TagOctets..], MemoryMarshal.AsBytes(content));
    }

    /// <summary>Forgets the key.</summary>
    public void Erase() => CryptographicOperations.ZeroMemory(_key);

    private Span<byte> Nonce(Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], number);
        return nonce;
    }
}
