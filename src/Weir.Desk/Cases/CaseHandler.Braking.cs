// SPDX-License-Identifier: Apache-2.0
//
// What the brake holds (rules.md R21): events of a listed network whose lines are too many, or of all that one edit
// brought, are kept and open nothing, and nothing is done because of what was opened before. Two people release them,
// which makes cases of them, or drop them; a fortnight drops what nobody looked at. What an edit brought waits its time
// first.
using System.Globalization;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Braking;

namespace Weir.Desk.Cases;

public sealed partial class CaseHandler
{
    /// <summary>What is held goes after so long, where nobody decided.</summary>
    public static readonly TimeSpan LongestHeld = TimeSpan.FromDays(14);

    private readonly HeldNetworks _held;
    private long _heldEvents;
    private long _fallenEvents;

    /// <summary>Listed networks and edits that are held, wait their time, or about which two people decided, the latest
    /// first.</summary>
    public IReadOnlyList<HeldNetwork> Networks =>
        [.. _held.All.Where(row => row.State != HeldNetworkState.Settled).OrderByDescending(row => row.Since)];

    /// <summary>When what waits its time becomes cases, unless it is held before; of what people decided, when that
    /// ends, and null where it lasts while lists name it.</summary>
    public DateTimeOffset? UntilOf(HeldNetwork row) =>
        row.State == HeldNetworkState.Settling ? row.Since + _parts.Brake.Settles
        : row.IsLasting ? null
        : row.Until;

    /// <summary>Events that were held since the start.</summary>
    public long HeldEvents => Interlocked.Read(ref _heldEvents);

    /// <summary>Events that were thrown away since the start: their network was dropped, or as many waited as are
    /// kept.</summary>
    public long FallenEvents => Interlocked.Read(ref _fallenEvents);

    /// <summary>What is held, or was; null where it is none.</summary>
    public HeldNetwork? FindHeld(HeldName name) => _held.Find(name);

    /// <summary>The second person gives leave to release or drop what is held: leave and decision are one step. Vault and
    /// store are to be told before anything comes of it.</summary>
    internal Task<ApprovalResult> ApproveHeldAsync(Actor actor, ulong number, HeldName name, CancellationToken cancel) =>
        ApproveAsync(
            actor, number,
            first => new Request.DecideHeld(
                first.Target, first.Deed == Permission.ReleaseHeld, new Actor(first.AskedBy, first.AskedRole)),
            OrderBrake.DecidedFor,
            (draft, given) => Decide(draft, name, given.Deed == Permission.ReleaseHeld, number), cancel);

    /// <summary>Puts what two people decided into what is held.</summary>
    /// <returns>False where nothing of it is held any more: a fortnight dropped it, or others decided.</returns>
    private bool Decide(CaseUnitOfWork draft, HeldName name, bool isReleased, ulong approval)
    {
        if (_held.Find(name) is not { State: HeldNetworkState.Held } row)
        {
            return false;
        }

        Put(draft, row with
        {
            State = isReleased ? HeldNetworkState.Released : HeldNetworkState.Dropped, Approval = approval,
            Until = draft.Now + OrderBrake.DecidedFor, IsTold = false,
        });
        return true;
    }

    /// <summary>Vault or store did not believe the decision: it is held as before.</summary>
    internal Task UndecideAsync(HeldNetwork decided, string code, CancellationToken cancel) => ActAsync(
        draft =>
        {
            if (AsDecided(decided) is { IsTold: false } row)
            {
                Put(draft, row with { State = HeldNetworkState.Held, Approval = 0, Until = null });
                draft.Entries.Add(EntryOf(row, ActOf(row.Name), code, "what was decided is not believed"));
            }
        },
        cancel);

    /// <summary>Who has to know knows: what is held becomes cases, or goes. Again goes on where it was stopped.
    /// </summary>
    internal async Task CarryOutAsync(HeldNetwork decided, CancellationToken cancel)
    {
        await ActAsync(
            draft =>
            {
                if (AsDecided(decided) is { IsTold: false } row)
                {
                    Put(draft, row with { IsTold = true });
                }
            },
            cancel);
        if (decided.State == HeldNetworkState.Released)
        {
            await DrainAsync(decided.Name, HeldNetworkState.Released, cancel);
            return;
        }

        long fallen = 0;
        await ActAsync(
            draft =>
            {
                if (AsDecided(decided) is { IsTold: true } row)
                {
                    fallen = row.Events;
                    draft.Fallen.Add(row.Name);
                    Put(draft, row with { Events = 0, Lost = row.Lost + row.Events });
                }
            },
            cancel);
        _ = Interlocked.Add(ref _fallenEvents, fallen);
    }

    /// <summary>How it stands, where it is still what was decided: events came since the caller looked.</summary>
    private HeldNetwork? AsDecided(HeldNetwork decided) =>
        _held.Find(decided.Name) is { } row && row.State == decided.State && row.Approval == decided.Approval ? row : null;

    /// <summary>What edits brought and has waited its time opens what it opens; what a stop came between goes on.
    /// </summary>
    private async Task SettleAsync(CancellationToken cancel)
    {
        await ActAsync(
            draft =>
            {
                foreach (var row in _held.All.Where(row => _held.HasSettled(row, draft.Now)).ToList())
                {
                    Put(draft, row with
                    {
                        State = HeldNetworkState.Settled, Since = draft.Now,
                        SettledEdit = Math.Max(row.SettledEdit, row.WaitingEdit), WaitingEdit = 0,
                    });
                }
            },
            cancel);
        foreach (var row in _held.All.Where(row => row is { State: HeldNetworkState.Settled, Events: > 0 }).ToList())
        {
            await DrainAsync(row.Name, HeldNetworkState.Settled, cancel);
        }
    }

    /// <summary>What waits is judged anew, many at once, while it stands so; read outside the turn.</summary>
    private async Task DrainAsync(HeldName name, HeldNetworkState state, CancellationToken cancel)
    {
        for (var goesOn = true; goesOn;)
        {
            var waiting = await _parts.Records.LoadHeldAsync(name, EventsAtOnce, cancel);
            await ActAsync(
                draft =>
                {
                    goesOn = _held.Find(name)?.State == state && waiting.Count > 0;
                    if (_held.Find(name) is { } row && row.State == state && (goesOn || row.Events > 0))
                    {
                        Put(draft, row with { Events = goesOn ? Math.Max(0, row.Events - waiting.Count) : 0 });
                    }

                    foreach (var journaled in goesOn ? waiting : [])
                    {
                        Take(draft, journaled);
                    }
                },
                cancel);
        }
    }

    /// <summary>An event opens what it opens, unless the brake keeps it.</summary>
    private void Take(CaseUnitOfWork draft, JournaledEvent journaled)
    {
        if (!IsHeld(draft, journaled))
        {
            _plan.Add(draft, journaled);
        }
    }

    /// <summary>Whether a line counts for its edit: it has no case, or one of which nothing is corroborated.</summary>
    private static bool IsNewLine(CaseFile? file) =>
        file is null || file.Scopes.All(scope => scope.Doubt != EvidenceDoubt.None);

    /// <summary>Whether an event waits, or falls, because of its network.</summary>
    private bool IsHeld(CaseUnitOfWork draft, JournaledEvent journaled)
    {
        var isNewLine = IsNewLine(draft.Taking(journaled.Event.Subject));
        var (step, row) = _held.Judge(journaled.Event, isNewLine, draft.Now);
        if (row is not null)
        {
            Put(draft, row);
        }

        if (step == BrakeStep.Passes || row is null)
        {
            return false;
        }

        if (step == BrakeStep.Falls)
        {
            draft.Handle(journaled, null);
            _ = Interlocked.Increment(ref _fallenEvents);
            return true;
        }

        draft.Held.Add(new(journaled.Scope, row.Name));
        _ = Interlocked.Increment(ref _heldEvents);
        if (step == BrakeStep.Begins)
        {
            var what = row.Name.Edit == 0 ? "met it" : "without a case met what it brought";
            draft.Entries.Add(EntryOf(row, ActOf(row.Name), AuditActions.Allow, string.Create(
                CultureInfo.InvariantCulture, $"more than {row.Bound} lines {what} in a day: {WhatOf(row)}")));
            var (name, bound) = (row.Name.ToString(), row.Bound);
            _parts.Log.NetworkHeld(name, bound, row.Detail);
        }

        return true;
    }

    /// <summary>For people who read the record.</summary>
    private static string WhatOf(HeldNetwork row) => row.Update is not { } edit ? row.Detail : string.Create(
        CultureInfo.InvariantCulture,
        $"{(edit.IsFirst ? "the first load" : "an update")} of {edit.List}, {edit.Entries} entries at {edit.At:u}");

    /// <summary>What nobody decided about in a fortnight goes; what was decided ends, and is counted anew. What an edit
    /// brought stays held, and what two people dropped of it stays dropped: its end would be the first load's, or the
    /// update's, without anybody's word.</summary>
    private void EndHeld(CaseUnitOfWork draft)
    {
        foreach (var row in _held.All.ToList())
        {
            if (row.State == HeldNetworkState.Held && Settled - row.Since >= LongestHeld)
            {
                EndUndecided(draft, row);
            }
            else if ((row.IsTold && Settled >= row.Until && !(row.IsLasting && IsLeft(row.Name)))
                || (row is { State: HeldNetworkState.Settled, Events: 0 }
                    && Settled - row.Since >= HeldNetworks.SettledFor))
            {
                Forget(draft, row);
            }
        }
    }

    private void EndUndecided(CaseUnitOfWork draft, HeldNetwork row)
    {
        if (row.Events > 0 || row.Name.Edit == 0)
        {
            draft.Entries.Add(EntryOf(
                row, AuditActions.DropHeld, AuditActions.Allow, "nobody decided about it in a fortnight"));
            _ = Interlocked.Add(ref _fallenEvents, row.Events);
        }

        if (row.Name.Edit == 0 || (row.Events == 0 && !IsLeft(row.Name)))
        {
            Forget(draft, row);
            return;
        }

        draft.Fallen.Add(row.Name);
        Put(draft, row with { Events = 0, Lost = row.Lost + row.Events, Since = draft.Now });
    }

    /// <summary>Whether lists name something that an edit brought, or did within a trial's time, or cases stand that
    /// were opened of it.</summary>
    private bool IsLeft(HeldName edit) => _parts.Edits.Find(edit.Edit) is not null || HasScopes(edit);

    /// <summary>Cases stand that were opened of an edit: its end would make them of use without anybody's word.
    /// </summary>
    private bool HasScopes(HeldName edit) => Files.Where(file => file.State != CaseState.Erased)
        .SelectMany(file => file.Scopes).Any(scope => _held.NamesOf(scope)?.Edit == edit);

    private void Forget(CaseUnitOfWork draft, HeldNetwork row)
    {
        draft.Fallen.Add(row.Name);
        draft.Forgotten.Add(row.Name);
        _ = draft.Before.TryAdd(row.Name, _held.Find(row.Name));
        _held.Remove(row.Name);
    }

    private void Put(CaseUnitOfWork draft, HeldNetwork row)
    {
        _ = draft.Before.TryAdd(row.Name, _held.Find(row.Name));
        _held.Put(row);
        draft.Networks[row.Name] = row;
    }

    /// <summary>Nothing was written: what the brake knows stands as before, so that who tries again begins anew.
    /// </summary>
    private void PutBack(CaseUnitOfWork draft)
    {
        foreach (var (name, before) in draft.Before)
        {
            if (before is null)
            {
                _held.Remove(name);
            }
            else
            {
                _held.Put(before);
            }
        }
    }

    /// <summary>Scopes that were opened before what they belong to was held: nothing is done because of them meanwhile.
    /// One look at all of them, whatever number of networks came to stand otherwise.</summary>
    private void Brake(CaseUnitOfWork draft)
    {
        HashSet<HeldName> changed =
        [
            .. draft.Before.Where(one =>
                (one.Value?.IsBraked(draft.Now) ?? false) != (_held.Find(one.Key)?.IsBraked(draft.Now) ?? false))
                .Select(one => one.Key),
        ];
        if (changed.Count == 0)
        {
            return;
        }

        foreach (var (id, scope) in Files.Select(file => file.Id).Union(draft.Files.Select(file => file.Id))
            .Select(id => draft.Get(id)!).Where(file => file.State != CaseState.Erased)
            .SelectMany(file => file.Scopes.Select(scope => (file.Id, scope))).ToList())
        {
            if (_held.NamesOf(scope) is not var (network, edit)
                || (!changed.Contains(network) && !changed.Contains(edit)))
            {
                continue;
            }

            var isBraked = _held.IsBraked(scope, draft.Now);
            if (scope.IsBraked != isBraked && draft.Get(id) is { } file)
            {
                draft.Put(file.With(file.Scopes.First(one => one.Scope.Id == scope.Scope.Id) with
                {
                    IsBraked = isBraked,
                }));
            }
        }
    }

    /// <summary>How what the brake knows stood, and which lines had their case today.</summary>
    private void RestoreHeld(StoredCases stored, IReadOnlyList<CaseScope> scopes)
    {
        foreach (var row in stored.Networks)
        {
            _held.Put(row);
        }

        var corroborated = scopes.Where(scope => scope.Doubt == EvidenceDoubt.None).ToList();
        HashSet<ScopeId> first = [.. corroborated.GroupBy(scope => scope.Scope.Case)
            .Select(file => file.MinBy(scope => scope.Scope.FromMs)!.Scope.Id)];
        foreach (var scope in corroborated)
        {
            _held.Restore(scope, first.Contains(scope.Scope.Id));
        }
    }

    /// <summary>Which lines wait, once it is known which have a case.</summary>
    private void RestoreWaiting(StoredCases stored)
    {
        foreach (var waiting in stored.Settling)
        {
            _held.Restore(waiting.Event, IsNewLine(_book.Taking(waiting.Event.Subject)));
        }
    }

    private static string ActOf(HeldName name) =>
        name.Edit == 0 ? AuditActions.HoldNetwork : AuditActions.HoldUpdate;

    private static AuditEntry EntryOf(HeldNetwork row, string act, string outcome, string why) => new()
    {
        Actor = Actor.Weir.Name,
        Role = Actor.Weir.RoleWord,
        Act = act,
        Outcome = outcome,
        Rows = row.Lines,
        Reason = $"{row.Name}: {why}",
    };
}
