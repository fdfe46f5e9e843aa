// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Loading;

/// <summary>Segments from collectors.</summary>
public sealed record SegmentIntakeOptions
{
    /// <summary>Folder in which a segment lies, without a name, while it is checked and inserted.</summary>
    public required string Folder { get; init; }

    /// <summary>Most octets of one segment. Default 256 MiB.</summary>
    public long MaxOctets { get; init; } = 256L << 20;

    /// <summary>Segments checked and inserted at once; further ones wait. Default 2.</summary>
    public int AtOnce { get; init; } = 2;
}
