// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Lists;

/// <summary>A line or object of a list that was not taken though it should have been.</summary>
/// <param name="Place">"line 12", or the object's id.</param>
/// <param name="Reason">What is wrong with it.</param>
public readonly record struct RejectedLine(string Place, string Reason)
{
    public override string ToString() => $"{Place}: {Reason}";
}

/// <summary>What was refused: all counted, the first few kept.</summary>
public sealed record RejectedLines(int Count, IReadOnlyList<RejectedLine> Examples);

/// <summary>One list as read.</summary>
public sealed record Feed
{
    public required string Name { get; init; }

    /// <summary>File or folder it came from.</summary>
    public required string Path { get; init; }

    /// <summary>What the content was recognised as, such as "csv" or "stix".</summary>
    public required string Format { get; init; }

    /// <summary>Role of entries that the format does not single out.</summary>
    public required ListRole Role { get; init; }

    public required IReadOnlyList<ListEntry> Entries { get; init; }

    /// <summary>Listed names: counted, kept for the resolvers' zone, never matched with flows.</summary>
    public required IReadOnlyList<DomainEntry> Domains { get; init; }

    public required RejectedLines Refused { get; init; }

    /// <summary>What was understood and is of no use for flows, by reason: hashes, URLs, revoked, below the
    /// asked confidence.</summary>
    public required IReadOnlyDictionary<string, int> Ignored { get; init; }

    /// <summary>When it was read, by our clock.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>One line for the operator.</summary>
    public override string ToString()
    {
        var text = $"{Name}: {Entries.Count} entries, {Domains.Count} domains, {Refused.Count} refused ({Format})";
        return Refused.Examples.Count == 0 ? text : $"{text}; first refused {Refused.Examples[0]}";
    }
}
