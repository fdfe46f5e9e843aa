// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Scopes;

/// <summary>What an audit entry says of released evidence: SHA-256 over the rows, each as 81 octets in
/// network order.</summary>
public static class EvidenceDigest
{
    private const int RowOctets = (3 * 8) + 16 + 2 + 1 + (4 * 8) + 4 + 2;

    /// <summary>Lower-case hexadecimal; the same for the same rows in the same order.</summary>
    public static string Compute(IReadOnlyList<EvidenceRow> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> octets = stackalloc byte[RowOctets];
        foreach (var row in rows)
        {
            BinaryPrimitives.WriteUInt64BigEndian(octets, row.Scope.Number);
            BinaryPrimitives.WriteInt64BigEndian(octets[8..], row.StartMs);
            BinaryPrimitives.WriteInt64BigEndian(octets[16..], row.EndMs);
            row.Remote.Address.WriteTo(octets[24..]);
            BinaryPrimitives.WriteUInt16BigEndian(octets[40..], row.Remote.Port);
            octets[42] = row.Remote.Protocol;
            BinaryPrimitives.WriteUInt64BigEndian(octets[43..], row.PacketsOut);
            BinaryPrimitives.WriteUInt64BigEndian(octets[51..], row.PacketsIn);
            BinaryPrimitives.WriteUInt64BigEndian(octets[59..], row.OctetsOut);
            BinaryPrimitives.WriteUInt64BigEndian(octets[67..], row.OctetsIn);
            BinaryPrimitives.WriteUInt32BigEndian(octets[75..], row.SamplingInterval);
            octets[79] = row.FlagsOut;
            octets[80] = row.FlagsIn;
            hash.AppendData(octets);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
