// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Cases.Records;

namespace Weir.Desk.Links;

/// <summary>What can have been done about a scope.</summary>
public enum MeasureKind : byte
{
    /// <summary>The far end is closed for this line alone.</summary>
    BlockedForLine = 1,

    /// <summary>The far end is closed for everybody.</summary>
    BlockedForAll,

    /// <summary>A name does not resolve.</summary>
    NameBlocked,

    /// <summary>The line is in the leaky garden.</summary>
    LeakyGarden,

    /// <summary>The line is in the strict garden.</summary>
    StrictGarden,
}

/// <summary>One thing that stands now, as it really stands.</summary>
/// <param name="Kind">What.</param>
/// <param name="What">The far end, <c>203.0.113.9 tcp 443</c>, or the name; empty for a garden. Never an
/// address of the line.</param>
/// <param name="Until">Its end; null where it has none.</param>
public sealed record ActiveMeasure(MeasureKind Kind, string What, DateTimeOffset? Until);

/// <summary>Tells what was done. Several may: blocks, gardens.</summary>
public interface IActiveMeasures
{
    /// <summary>What stands now because of a scope.</summary>
    IReadOnlyList<ActiveMeasure> GetActive(CaseFile file, CaseScope scope);
}
