// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Contracts.Events;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Cases.Records;

/// <summary>Which case files are wanted, and in which order.</summary>
internal sealed record CasesWanted
{
    /// <summary>Of each of these a case has one trait or more. The one with the fewest cases is walked; whether a case
    /// has the others is for who walks to judge.</summary>
    public required IReadOnlyList<IReadOnlyList<CaseTrait>> Having { get; init; }

    /// <summary>Of this severity alone; null for all.</summary>
    public CaseSeverity? Severity { get; init; }

    /// <summary>The gravest first, the newest of these first; else the newest first.</summary>
    public bool IsGravestFirst { get; init; }

    /// <summary>Opened at it or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Opened before it.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Where the rows before these ended; null for the begin.</summary>
    public CaseOrderKey? Behind { get; init; }

    /// <summary>Severity of the row that they ended at, where the gravest are first.</summary>
    public CaseSeverity? BehindSeverity { get; init; }
}

/// <summary>Goes along cases in their order, no further than it is asked.</summary>
internal static class CaseWalk
{
    private static readonly CaseSeverity[] GravestFirst = [.. Enum.GetValues<CaseSeverity>().OrderDescending()];

    /// <summary>Cases as they stand when they are reached.</summary>
    public static IEnumerable<CaseEntry> Walk(this CaseRegistry book, CasesWanted wanted)
    {
        List<CaseRuns> runs = wanted.Having.Select(any => any.Distinct().Select(book.Index.Read).ToList())
            .MinBy(any => any.Sum(one => one.Count)) ?? [];
        CaseSeverity[] severities = wanted.Severity is { } only ? [only] : GravestFirst;
        IEnumerable<CaseOrderKey> places = wanted.IsGravestFirst
            ? severities.Where(one => one <= (wanted.BehindSeverity ?? one)).SelectMany(one => Merge(
                runs.Select(run => run.Of(one)), wanted, one == wanted.BehindSeverity ? wanted.Behind : null))
            : Merge(runs.SelectMany(run => severities.Select(run.Of)), wanted, wanted.Behind);
        return places.Select(place => book.Entry(place.Id)).OfType<CaseEntry>()
            .Where(entry => wanted.Severity is not { } severity || entry.Traits.Severity == severity);
    }

    private static IEnumerable<CaseOrderKey> Merge(
        IEnumerable<ImmutableSortedSet<CaseOrderKey>> runs, CasesWanted wanted, CaseOrderKey? behind)
    {
        PriorityQueue<(ImmutableSortedSet<CaseOrderKey> Run, int At), CaseOrderKey> heads = new();
        foreach (var run in runs)
        {
            Enqueue(run, Math.Max(
                behind is { } last ? Behind(run, last) : 0,
                wanted.To is { } to ? Behind(run, new(to.UtcTicks, new(ulong.MaxValue))) : 0));
        }

        CaseOrderKey? given = null;
        while (heads.TryDequeue(out var head, out var place) && !(place.OpenedTicks < wanted.From?.UtcTicks))
        {
            Enqueue(head.Run, head.At + 1);
            if (place != given)
            {
                given = place;
                yield return place;
            }
        }

        void Enqueue(ImmutableSortedSet<CaseOrderKey> run, int at)
        {
            if (at < run.Count)
            {
                heads.Enqueue((run, at), run[at]);
            }
        }
    }

    private static int Behind(ImmutableSortedSet<CaseOrderKey> run, CaseOrderKey place) =>
        run.IndexOf(place) is >= 0 and var at ? at + 1 : ~run.IndexOf(place);
}
