// SPDX-License-Identifier: Apache-2.0
//
// A session's identification holds what a person logs in with, so it lies sealed in memory and in the store and is
// opened for the moment in which a garden needs it: AES-256-GCM under a key derived from the vault's salt, with the
// session's mark as associated data.
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weir.Vault.Identity.Radius;

/// <summary>Seals and opens identifications. Safe for any thread.</summary>
internal sealed class SessionSeal(ReadOnlySpan<byte> salt)
{
    private const int NonceOctets = 12;
    private const int TagOctets = 16;

    private readonly byte[] _key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, salt.ToArray(), 32, info: "weir session identification"u8.ToArray());

    public byte[] Close(UInt128 session, ReadOnlySpan<byte> identification)
    {
        var closed = new byte[NonceOctets + TagOctets + identification.Length];
        RandomNumberGenerator.Fill(closed.AsSpan(0, NonceOctets));
        using var cipher = new AesGcm(_key, TagOctets);
        cipher.Encrypt(
            closed.AsSpan(0, NonceOctets), identification, closed.AsSpan(NonceOctets + TagOctets),
            closed.AsSpan(NonceOctets, TagOctets), GetAssociatedData(session));
        return closed;
    }

    /// <summary>Null where it was closed under another key, or for another session.</summary>
    public byte[]? Open(UInt128 session, ReadOnlySpan<byte> closed)
    {
        if (closed.Length <= NonceOctets + TagOctets)
        {
            return null;
        }

        var plain = new byte[closed.Length - NonceOctets - TagOctets];
        try
        {
            using var cipher = new AesGcm(_key, TagOctets);
            cipher.Decrypt(
                closed[..NonceOctets], closed[(NonceOctets + TagOctets)..], closed.Slice(NonceOctets, TagOctets), plain,
                GetAssociatedData(session));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] GetAssociatedData(UInt128 session)
    {
        var about = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(about, session);
        return about;
    }
}
