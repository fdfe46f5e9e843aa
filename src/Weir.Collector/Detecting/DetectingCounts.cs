// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Detecting;

/// <summary>Where the flows of the counters went, and what they made of them. Seen = Counted + Late + Ahead + NoRoom +
/// Allowed + AtBorder + Doubtful.</summary>
public readonly record struct DetectingCounts
{
    public long Seen { get; init; }

    public long Counted { get; init; }

    /// <summary>Flows that ended before what was already judged.</summary>
    public long Late { get; init; }

    /// <summary>Flows that end over a minute ahead of our clock.</summary>
    public long Ahead { get; init; }

    /// <summary>Flows of subjects for which the table had no place.</summary>
    public long NoRoom { get; init; }

    /// <summary>Flows with remotes that are never counted.</summary>
    public long Allowed { get; init; }

    /// <summary>Flows told at the border of subjects that an edge tells of too.</summary>
    public long AtBorder { get; init; }

    /// <summary>Flows that are not corroborated, of subjects that a corroborated stream tells of.</summary>
    public long Doubtful { get; init; }

    /// <summary>Counted flows of which a part lay before what was already judged, or far ahead of it.</summary>
    public long Clipped { get; init; }

    /// <summary>Subjects held, and those that gave way to others.</summary>
    public long Subjects { get; init; }

    public long Evicted { get; init; }

    /// <summary>Blocks of detail in use, and how often one was wanted and there was none.</summary>
    public long Details { get; init; }

    public long DetailsRefused { get; init; }

    public long EventsOpen { get; init; }

    public long EventsOpened { get; init; }

    public long EventsClosed { get; init; }

    /// <summary>Events not opened because their subject had too many under way.</summary>
    public long EventsRefused { get; init; }

    public static DetectingCounts operator +(DetectingCounts a, DetectingCounts b) => new()
    {
        Seen = a.Seen + b.Seen,
        Counted = a.Counted + b.Counted,
        Late = a.Late + b.Late,
        Ahead = a.Ahead + b.Ahead,
        NoRoom = a.NoRoom + b.NoRoom,
        Allowed = a.Allowed + b.Allowed,
        AtBorder = a.AtBorder + b.AtBorder,
        Doubtful = a.Doubtful + b.Doubtful,
        Clipped = a.Clipped + b.Clipped,
        Subjects = a.Subjects + b.Subjects,
        Evicted = a.Evicted + b.Evicted,
        Details = a.Details + b.Details,
        DetailsRefused = a.DetailsRefused + b.DetailsRefused,
        EventsOpen = a.EventsOpen + b.EventsOpen,
        EventsOpened = a.EventsOpened + b.EventsOpened,
        EventsClosed = a.EventsClosed + b.EventsClosed,
        EventsRefused = a.EventsRefused + b.EventsRefused,
    };

    public static DetectingCounts Add(DetectingCounts left, DetectingCounts right) => left + right;
}
