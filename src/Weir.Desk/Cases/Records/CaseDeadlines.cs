// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;

namespace Weir.Desk.Cases.Records;

/// <summary>What is to be done about a case file, at once or at a time of it.</summary>
internal enum CaseDuty : byte
{
    /// <summary>It was put aside until then; ticks.</summary>
    Wake = 1,

    /// <summary>The last that happened to one that takes events; ticks.</summary>
    Untouched,

    /// <summary>It was closed then; ticks.</summary>
    Erase,

    /// <summary>A check of it ends then; milliseconds.</summary>
    Conclude,

    /// <summary>Its subject goes under its own key.</summary>
    Seal,

    /// <summary>It goes by a name of this epoch and has scopes that go on.</summary>
    Reissue,

    /// <summary>It rests on a consent that may be withdrawn.</summary>
    Consent,

    /// <summary>It takes events, and a scope of it waits to be reviewed or corroborated.</summary>
    Review,

    /// <summary>The number of its latest step.</summary>
    Step,
}

/// <summary>Which case files have which duty, by when. Who has it locks around it.</summary>
internal sealed class CaseDeadlines
{
    private static readonly CaseDuty[] Duties = Enum.GetValues<CaseDuty>();

    private readonly SortedSet<(long At, ulong Id)>[] _due = [.. Duties.Select(_ => new SortedSet<(long, ulong)>())];

    public void Put(CaseEntry? before, CaseEntry now)
    {
        foreach (var duty in Duties)
        {
            var (was, at) = (before is null ? null : AtOf(duty, before), AtOf(duty, now));
            if (was == at)
            {
                continue;
            }

            var due = _due[(int)duty - 1];
            if (was is { } old)
            {
                _ = due.Remove((old, now.Case.Id.Number));
            }

            if (at is { } next)
            {
                _ = due.Add((next, now.Case.Id.Number));
            }
        }
    }

    public int Count(CaseDuty duty) => _due[(int)duty - 1].Count;

    /// <summary>Cases whose time is within, the earliest first.</summary>
    public List<CaseId> Read(CaseDuty duty, long from, long until) => from > until ? [] :
        [.. _due[(int)duty - 1].GetViewBetween((from, 0), (until, ulong.MaxValue)).Select(due => new CaseId(due.Id))];

    private static long? AtOf(CaseDuty duty, CaseEntry entry)
    {
        var file = entry.Case;
        return duty switch
        {
            CaseDuty.Wake => file.State == CaseState.Snoozed ? file.SnoozedUntil?.UtcTicks : null,
            CaseDuty.Untouched => file.TakesEvents ? file.LastAt.UtcTicks : null,
            CaseDuty.Erase => file.State == CaseState.Closed ? file.ClosedAt?.UtcTicks : null,
            CaseDuty.Conclude => file.Scopes.Where(IsChecking).Select(held => (long?)held.UntilMs).Min(),
            CaseDuty.Seal => !file.IsSealed && file.State != CaseState.Erased ? 0 : null,
            CaseDuty.Reissue => file.IsSealed && file.Scopes.Any(GoesOn) ? file.Epoch : null,
            CaseDuty.Consent => file.State != CaseState.Erased && file.Scopes.Any(IsConsented) ? 0 : null,
            CaseDuty.Review => file.TakesEvents && file.Scopes.Any(held => held.WaitsForReview) ? 0 : null,
            _ => entry.Step,
        };
    }

    private static bool IsChecking(CaseScope held) =>
        held.State == ScopeState.Open && held.Scope.Purpose == Purpose.RemediationCheck;

    private static bool GoesOn(CaseScope held) => held.State is ScopeState.Open or ScopeState.Sealed;

    private static bool IsConsented(CaseScope held) =>
        held.State != ScopeState.Erased && held.Facts is ConsentTrigger;
}
