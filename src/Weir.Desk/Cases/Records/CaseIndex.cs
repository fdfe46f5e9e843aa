// SPDX-License-Identifier: Apache-2.0
//
// Case files by what lists, counts and rounds ask for, so that none of them walks all. It is kept where a file is put
// in force, from the file alone: what it says after a restart is what it said before. Places are given out as sets that
// never change; whether a case fits is judged on them, outside of the lock.
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Cases.Records;

/// <summary>A case file with what was worked out of it. Never changes.</summary>
/// <param name="Case">As it stands.</param>
/// <param name="Traits">What lists and counts ask of it.</param>
/// <param name="Step">Number of the step that made it; each is greater than all before.</param>
internal sealed record CaseEntry(CaseFile Case, CaseTraits Traits, long Step);

/// <summary>Safe for any thread.</summary>
internal sealed class CaseIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CaseTrait, CaseRunsBuilder> _runs = [];
    private readonly CaseDeadlines _deadlines = new();

    /// <summary>A file stands otherwise than before, or anew.</summary>
    public void Put(CaseEntry? before, CaseEntry now)
    {
        var (gone, come) = Differences(before?.Traits, now.Traits);
        lock (_gate)
        {
            var place = CaseOrderKey.Of(now.Case);
            foreach (var trait in gone)
            {
                Remove(trait, before!, place);
            }

            foreach (var trait in come)
            {
                ref var runs = ref CollectionsMarshal.GetValueRefOrAddDefault(_runs, trait, out _);
                (runs ??= new()).Add(now.Traits.Severity, place);
            }

            _deadlines.Put(before, now);
        }
    }

    /// <summary>Traits to take out and to put in; most steps change none of a case's thousands.</summary>
    private static (IReadOnlyList<CaseTrait> Gone, IReadOnlyList<CaseTrait> Come) Differences(
        CaseTraits? before, CaseTraits now) =>
        before is null ? ([], now.All)
        : before.Severity != now.Severity ? (before.All, now.All)
        : before.All.AsSpan().SequenceEqual(now.All.AsSpan()) ? ([], [])
        : ([.. before.All.Except(now.All)], [.. now.All.Except(before.All)]);

    /// <summary>Cases with a trait.</summary>
    public CaseRuns Read(CaseTrait trait)
    {
        lock (_gate)
        {
            return _runs.TryGetValue(trait, out var runs) ? runs.Read() : CaseRuns.None;
        }
    }

    /// <summary>All traits of a kind that some case has, with their cases.</summary>
    public List<(CaseTrait Trait, CaseRuns Runs)> Read(CaseTraitKind kind)
    {
        lock (_gate)
        {
            return [.. _runs.Where(one => one.Key.Kind == kind).Select(one => (one.Key, one.Value.Read()))];
        }
    }

    /// <summary>Listed endpoints that cases which take events are about.</summary>
    public List<Endpoint> Endpoints()
    {
        lock (_gate)
        {
            return [.. _runs.Keys.Where(one => one.Kind == CaseTraitKind.Endpoint).Select(one => one.Endpoint)];
        }
    }

    /// <summary>Cases with a duty whose time is within, the earliest first.</summary>
    public List<CaseId> Due(CaseDuty duty, long from = long.MinValue, long until = long.MaxValue)
    {
        lock (_gate)
        {
            return _deadlines.Read(duty, from, until);
        }
    }

    /// <summary>How many cases have a duty.</summary>
    public int Count(CaseDuty duty)
    {
        lock (_gate)
        {
            return _deadlines.Count(duty);
        }
    }

    private void Remove(CaseTrait trait, CaseEntry before, CaseOrderKey place)
    {
        var runs = _runs[trait];
        runs.Remove(before.Traits.Severity, place);
        if (runs.IsEmpty)
        {
            _ = _runs.Remove(trait);
        }
    }
}
