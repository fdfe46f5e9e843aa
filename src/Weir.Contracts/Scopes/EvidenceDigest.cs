// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Weir.Contracts.Scopes;

/// <summary>What an audit entry says of released evidence: SHA-256 over the rows, each as 81 octets in
/// network order.</summary>
public static class EvidenceDigest
{
    /// <summary>Lower-case hexadecimal; the same for the same rows in the same order.</summary>
    public static string Compute(IReadOnlyList<EvidenceRow> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> octets = stackalloc byte[EvidenceRowCodec.RowOctets];
        foreach (var row in rows)
        {
            EvidenceRowCodec.Write(row, octets);
            hash.AppendData(octets);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
