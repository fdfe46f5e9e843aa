// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;

namespace Weir.Desk.Sharing;

/// <summary>The same number for the same name, so that what is shared again is known again (RFC
/// 9562 section 5.5).</summary>
internal static class NamedUuid
{
    /// <summary>Ids of STIX cyber observables (STIX 2.1 section 2.9).</summary>
    public static readonly Guid Observables = Guid.Parse("00abedb4-aa42-466c-9c01-fed23315a9b7");

    /// <summary>Ids of everything else that Weir shares.</summary>
    public static readonly Guid Ours = Guid.Parse("6f1f0e0c-5a8b-4a53-9c2e-0d7b4c1e93a4");

    /// <summary>Version 5: SHA-1 of namespace and name.</summary>
    public static Guid Create(Guid space, string name)
    {
        byte[] octets = [.. space.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)];
#pragma warning disable CA5350 // RFC 9562 wants SHA-1 here; nothing is secured by it.
        return Marked(SHA1.HashData(octets), 5);
#pragma warning restore CA5350
    }

    /// <summary>In the form of version 4, for standards that ask for that alone; its bits are as
    /// good as drawn.</summary>
    public static Guid AsDrawn(string name) =>
        Marked(SHA256.HashData([.. Ours.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)]), 4);

    private static Guid Marked(ReadOnlySpan<byte> hash, byte version)
    {
        Span<byte> octets = stackalloc byte[16];
        hash[..16].CopyTo(octets);
        octets[6] = (byte)((octets[6] & 0x0F) | (version << 4));
        octets[8] = (byte)((octets[8] & 0x3F) | 0x80);
        return new Guid(octets, bigEndian: true);
    }
}
