// SPDX-License-Identifier: Apache-2.0
//
// What the brake holds (rules.md R21): events of a listed network whose lines are too many are kept and open nothing,
// and nothing is done because of what was opened before. Two people release them, which makes cases of them, or drop
// them; a fortnight drops what nobody looked at.
using System.Globalization;
using Weir.Contracts.Braking;
using Weir.Contracts.Events;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Braking;
using Weir.Wire;

namespace Weir.Desk.Cases;

public sealed partial class CaseHandler
{
    /// <summary>What is held goes after so long, where nobody decided.</summary>
    public static readonly TimeSpan LongestHeld = TimeSpan.FromDays(14);

    private readonly HeldNetworks _held;
    private long _heldEvents;
    private long _fallenEvents;

    /// <summary>Listed networks that are held, or about which two people decided, the latest first.</summary>
    public IReadOnlyList<HeldNetwork> Networks => [.. _held.All.OrderByDescending(row => row.Since)];

    /// <summary>Events that were held since the start.</summary>
    public long HeldEvents => Interlocked.Read(ref _heldEvents);

    /// <summary>Events that were thrown away since the start: their network was dropped, or as many waited as are
    /// kept.</summary>
    public long FallenEvents => Interlocked.Read(ref _fallenEvents);

    /// <summary>A network that is held, or was; null where it is none.</summary>
    public HeldNetwork? FindNetwork(Prefix network) => _held.Find(network);

    /// <summary>Two people decided; vault and store are to be told before anything comes of it.</summary>
    internal Task DecideAsync(Prefix network, bool isReleased, ulong approval, CancellationToken cancel) => ActAsync(
        draft =>
        {
            // As it stands now: events came since the caller looked, or a fortnight dropped it.
            if (_held.Find(network) is { State: HeldNetworkState.Held } row)
            {
                Put(draft, row with
                {
                    State = isReleased ? HeldNetworkState.Released : HeldNetworkState.Dropped, Approval = approval,
                    Until = draft.Now + OrderBrake.DecidedFor, IsTold = false,
                });
            }
        },
        cancel);

    /// <summary>Vault or store did not believe the decision: it is held as before.</summary>
    internal Task UndecideAsync(HeldNetwork row, string code, CancellationToken cancel) => ActAsync(
        draft =>
        {
            Put(draft, row with { State = HeldNetworkState.Held, Approval = 0, Until = null, IsTold = false });
            draft.Entries.Add(EntryOf(row, AuditActions.HoldNetwork, code, "what was decided is not believed"));
        },
        cancel);

    /// <summary>Vault and store know: what is held becomes cases, or goes. Again goes on where it was
    /// stopped.</summary>
    internal async Task CarryOutAsync(HeldNetwork row, CancellationToken cancel)
    {
        if (!row.IsTold)
        {
            await ActAsync(
                draft =>
                {
                    Put(draft, row with { IsTold = true });
                    Brake(draft, row.Network, row.State != HeldNetworkState.Released);
                },
                cancel);
        }

        if (row.State == HeldNetworkState.Dropped)
        {
            await ActAsync(
                draft =>
                {
                    draft.Fallen.Add(row.Network);
                    Put(draft, row with { IsTold = true, Events = 0, Lost = row.Lost + row.Events });
                },
                cancel);
            _ = Interlocked.Add(ref _fallenEvents, row.Events);
            return;
        }

        while (await _parts.Records.LoadHeldAsync(row.Network, EventsAtOnce, cancel) is { Count: > 0 } waiting)
        {
            await ActAsync(
                draft =>
                {
                    foreach (var journaled in waiting)
                    {
                        _plan.Add(draft, journaled);
                    }
                },
                cancel);
        }

        await ActAsync(draft => Put(draft, row with { IsTold = true, Events = 0 }), cancel);
    }

    /// <summary>Whether an event waits, or falls, because of its network.</summary>
    private bool IsHeld(CaseUnitOfWork draft, JournaledEvent journaled)
    {
        var (step, row) = _held.Judge(journaled.Event, draft.Now);
        if (row is null)
        {
            return false;
        }

        Put(draft, row);
        if (step == BrakeStep.Falls)
        {
            draft.Handle(journaled, null);
            _ = Interlocked.Increment(ref _fallenEvents);
            return true;
        }

        draft.Held.Add(new(journaled.Scope, row.Network));
        _ = Interlocked.Increment(ref _heldEvents);
        if (step == BrakeStep.Begins)
        {
            draft.Entries.Add(EntryOf(row, AuditActions.HoldNetwork, AuditActions.Allow, string.Create(
                CultureInfo.InvariantCulture, $"more than {row.Bound} lines met it in a day: {row.Detail}")));
            Brake(draft, row.Network, isBraked: true);
            var (network, bound) = (row.Network.ToString(), row.Bound);
            _parts.Log.NetworkHeld(network, bound, row.Detail);
        }

        return true;
    }

    /// <summary>What nobody decided about in a fortnight goes; what was decided ends, and the network is counted anew.
    /// </summary>
    private void EndHeld(CaseUnitOfWork draft)
    {
        foreach (var row in _held.All.ToList())
        {
            if (row.State == HeldNetworkState.Held && Settled - row.Since >= LongestHeld)
            {
                draft.Entries.Add(EntryOf(
                    row, AuditActions.DropHeld, AuditActions.Allow, "nobody decided about it in a fortnight"));
                _ = Interlocked.Add(ref _fallenEvents, row.Events);
                Forget(draft, row);
            }
            else if (row.IsTold && Settled >= row.Until)
            {
                Forget(draft, row);
            }
        }
    }

    private void Forget(CaseUnitOfWork draft, HeldNetwork row)
    {
        draft.Fallen.Add(row.Network);
        draft.Forgotten.Add(row.Network);
        _ = draft.Before.TryAdd(row.Network, _held.Find(row.Network));
        _held.Remove(row.Network);
        Brake(draft, row.Network, isBraked: false);
    }

    private void Put(CaseUnitOfWork draft, HeldNetwork row)
    {
        _ = draft.Before.TryAdd(row.Network, _held.Find(row.Network));
        _held.Put(row);
        draft.Networks[row.Network] = row;
    }

    /// <summary>Nothing was written: networks stand as before, so that who tries again begins anew.</summary>
    private void PutBack(CaseUnitOfWork draft)
    {
        foreach (var (network, before) in draft.Before)
        {
            if (before is null)
            {
                _held.Remove(network);
            }
            else
            {
                _held.Put(before);
            }
        }
    }

    /// <summary>Scopes of a network that were opened before it was held: nothing is done because of them meanwhile.
    /// </summary>
    private void Brake(CaseUnitOfWork draft, Prefix network, bool isBraked)
    {
        foreach (var (id, scope) in Files.Select(file => file.Id).Union(draft.Files.Select(file => file.Id))
            .Select(id => draft.Get(id)!).Where(file => file.State != CaseState.Erased)
            .SelectMany(file => file.Scopes.Select(scope => (file.Id, scope))).ToList())
        {
            if (scope.IsBraked != isBraked && IsOf(scope.Scope, network) && draft.Get(id) is { } file)
            {
                draft.Put(file.With(file.Scopes.First(one => one.Scope.Id == scope.Scope.Id) with
                {
                    IsBraked = isBraked,
                }));
            }
        }
    }

    private static bool IsOf(Scope scope, Prefix network) =>
        ListedNetwork.TryNetwork(scope.Purpose, scope.Class.Predicate, out var of) && of == network;

    /// <summary>How networks stood, and which lines had their case today.</summary>
    private void RestoreHeld(StoredCases stored)
    {
        foreach (var row in stored.Networks)
        {
            _held.Put(row);
        }

        foreach (var scope in stored.Scopes)
        {
            if (ListedNetwork.TryNetwork(scope.Purpose, scope.Class, out var network)
                && (_held.Find(network) is not { State: HeldNetworkState.Released }))
            {
                _held.Restore(new(network, scope.Subject, ListedNetwork.DayOf(scope.FromMs + Scope.BeforeMs), 1));
            }
        }
    }

    private static AuditEntry EntryOf(HeldNetwork row, string act, string outcome, string why) => new()
    {
        Actor = Actor.Weir.Name,
        Role = Actor.Weir.RoleWord,
        Act = act,
        Outcome = outcome,
        Rows = row.Lines,
        Reason = $"{row.Network}: {why}",
    };
}
