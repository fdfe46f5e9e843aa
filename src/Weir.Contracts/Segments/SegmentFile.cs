// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Weir.Contracts.Segments;

/// <summary>Reads a segment file as far as needed to trust it.</summary>
public static class SegmentFile
{
    /// <summary>The header, null where there is none; and what is wrong, empty where nothing is.</summary>
    public static async Task<(SegmentHeader? Header, string Damage)> CheckAsync(Stream file, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 18);
        try
        {
            var length = await file.ReadAtLeastAsync(
                buffer.AsMemory(0, SegmentHeader.Length), SegmentHeader.Length, throwOnEndOfStream: false, cancel);
            if (SegmentHeader.TryRead(buffer.AsSpan(0, length), out var reason) is not { } header)
            {
                return (null, reason);
            }

            var (crc, octets) = (0u, 0UL);
            int read;
            while ((read = await file.ReadAsync(buffer, cancel)) > 0)
            {
                crc = SegmentHeader.Crc(crc, buffer.AsSpan(0, read));
                octets += (ulong)read;
            }

            return (header, octets != header.Octets
                ? FormattableString.Invariant($"torn: {octets} octets of {header.Octets}")
                : crc != header.Checksum ? "its checksum is wrong" : "");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
