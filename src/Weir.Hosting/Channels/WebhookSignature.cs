// SPDX-License-Identifier: Apache-2.0
//
// How a receiver tells that a post is Weir's, is whole and is not an old one: HMAC-SHA256 (RFC 2104) with a shared key
// over the time in seconds, a dot, and the body. He compares in constant time and refuses times more than five minutes
// off.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Hosting.Channels;

/// <summary>The two headers of a signed post.</summary>
public static class WebhookSignature
{
    /// <summary>Seconds since 1970, UTC.</summary>
    public const string TimeHeader = "Weir-Timestamp";

    /// <summary><c>sha256=</c> and 64 hexadecimal digits.</summary>
    public const string SignatureHeader = "Weir-Signature";

    public const int MinKeyOctets = 32;

    /// <summary>The value of <see cref="SignatureHeader"/>.</summary>
    public static string Compute(ReadOnlySpan<byte> key, long seconds, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.ASCII.GetBytes(seconds.ToString(CultureInfo.InvariantCulture)));
        hmac.AppendData("."u8);
        hmac.AppendData(body);
        return $"sha256={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }
}
