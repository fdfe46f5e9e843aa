// SPDX-License-Identifier: Apache-2.0
//
// What a signature covers: the domain, then type, version and key a line each, then the payload as it is. None of the
// lines can hold a line feed, so no two envelopes share their octets; the domain keeps the signature from standing for
// anything else that the same key might sign.
using System.Globalization;
using System.Text;

namespace Weir.Contracts.Signing;

internal static class CanonicalOctets
{
    /// <summary>First line of everything signed; another version of this form would be another domain.</summary>
    public const string Domain = "weir-envelope/1";

    public static byte[] Create(string type, int version, KeyId key, ReadOnlySpan<byte> payload)
    {
        var lines = string.Create(CultureInfo.InvariantCulture, $"{Domain}\n{type}\n{version}\n{key}\n");
        var octets = new byte[lines.Length + payload.Length];
        Encoding.ASCII.GetBytes(lines, octets);
        payload.CopyTo(octets.AsSpan(lines.Length));
        return octets;
    }
}
