// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Contracts.Events;

namespace Weir.Desk.Cases.Records;

/// <summary>Places of the cases that have a trait in common, by severity, as they stood at a moment.</summary>
/// <param name="BySeverity">One for each severity, the least first; the newest case of each first.</param>
internal readonly record struct CaseRuns(ImmutableArray<ImmutableSortedSet<CaseOrderKey>> BySeverity)
{
    public static readonly CaseRuns None = new([.. Enum.GetValues<CaseSeverity>().Select(_ => ImmutableSortedSet<CaseOrderKey>.Empty)]);

    public int Count => BySeverity.Sum(run => run.Count);

    public ImmutableSortedSet<CaseOrderKey> Of(CaseSeverity severity) => BySeverity[(int)severity - 1];

    /// <summary>Cases that were opened after a moment.</summary>
    public int CountSince(DateTimeOffset time)
    {
        var before = CaseOrderKey.Before(time);
        return BySeverity.Sum(run => IndexOf(run, before));
    }

    /// <summary>Where a place is in a run, or where it would be.</summary>
    public static int IndexOf(ImmutableSortedSet<CaseOrderKey> run, CaseOrderKey place) =>
        run.IndexOf(place) is >= 0 and var at ? at : ~run.IndexOf(place);
}

/// <summary>Runs as they are changed. Who has it locks around it.</summary>
internal sealed class CaseRunsBuilder
{
    private readonly ImmutableSortedSet<CaseOrderKey>.Builder[] _runs =
        [.. Enum.GetValues<CaseSeverity>().Select(_ => ImmutableSortedSet.CreateBuilder<CaseOrderKey>())];

    public bool IsEmpty => Array.TrueForAll(_runs, run => run.Count == 0);

    public void Add(CaseSeverity severity, CaseOrderKey place) => _runs[(int)severity - 1].Add(place);

    public void Remove(CaseSeverity severity, CaseOrderKey place) => _runs[(int)severity - 1].Remove(place);

    public CaseRuns Read() => new([.. _runs.Select(run => run.ToImmutable())]);
}
