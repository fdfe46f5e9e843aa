// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Wire.Native;

namespace Weir.Hosting.Spooling;

/// <summary>Rows of one kind and one partition that become one segment. One of the four spans is filled.</summary>
internal readonly ref struct SegmentRows
{
    private const int SightingOctets = 160;

    public required SegmentKind Kind { get; init; }

    /// <summary>Days since 1970-01-01; of evidence the first day of its week.</summary>
    public required int Day { get; init; }

    public ReadOnlySpan<PairDigest> Pairs { get; init; }

    public ReadOnlySpan<SightingRow> Sightings { get; init; }

    /// <summary>Under which number sightings are told, and up to which of them with this segment; 0 for those that
    /// nobody numbers.</summary>
    public (long Number, int UpTo) Telling { get; init; }

    public ReadOnlySpan<EvidenceRow> Evidence { get; init; }

    public ReadOnlySpan<CoverageRow> Coverage { get; init; }

    /// <summary>Flows that are summed up in pairs; 0 of other kinds.</summary>
    public long Flows
    {
        get
        {
            var flows = 0L;
            foreach (ref readonly var pair in Pairs)
            {
                flows += pair.Flows;
            }

            return flows;
        }
    }

    public int Length => Pairs.Length + Sightings.Length + Evidence.Length + Coverage.Length;

    /// <summary>Octets of all blocks, about.</summary>
    public long Octets => (long)Length * Kind switch
    {
        SegmentKind.Pairs => PairBlocks.RowOctets,
        SegmentKind.Sightings => SightingOctets,
        SegmentKind.Evidence => EvidenceBlocks.RowOctets,
        _ => CoverageBlocks.RowOctets,
    };

    /// <summary>Appends some of them as one block.</summary>
    public void Append(int from, int length, ulong segment, NativeWriter writer)
    {
        switch (Kind)
        {
            case SegmentKind.Pairs:
                PairBlocks.Append(Pairs.Slice(from, length), segment, writer);
                break;
            case SegmentKind.Sightings:
                SightingBlocks.Append(Sightings.Slice(from, length), segment, writer);
                break;
            case SegmentKind.Evidence:
                EvidenceBlocks.Append(Evidence.Slice(from, length), segment, writer);
                break;
            default:
                CoverageBlocks.Append(Coverage.Slice(from, length), segment, writer);
                break;
        }
    }
}
