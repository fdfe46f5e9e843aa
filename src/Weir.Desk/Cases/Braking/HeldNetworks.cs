// SPDX-License-Identifier: Apache-2.0
//
// The brake on lists where events come in (rules.md R21). What an edit of a list brings is counted for a while from its
// first contact on, and opens nothing meanwhile; a listed network whose lines of a day pass the bound is held, whoever
// listed it; and so is all that one edit brought, where it brings too many lines together. Only corroborated contacts
// count, so that nobody forges visitors of a true C&C; what comes of what is held waits whole.
using System.Collections.Concurrent;
using Weir.Contracts.Braking;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Wire;

namespace Weir.Desk.Cases.Braking;

/// <summary>What becomes of an event.</summary>
internal enum BrakeStep : byte
{
    /// <summary>It opens what it opens.</summary>
    Passes,

    /// <summary>It is the one by which what it belongs to is held.</summary>
    Begins,

    /// <summary>It waits with the others.</summary>
    Waits,

    /// <summary>What it belongs to was dropped, or as many wait as are kept.</summary>
    Falls,
}

/// <summary>Networks and edits that the brake knows. Changed by one thread; read by any.</summary>
/// <param name="limits">What may become cases.</param>
/// <param name="edits">Which edit brought what.</param>
internal sealed class HeldNetworks(BrakeLimits limits, IListEdits edits)
{
    /// <summary>Events that are kept of one network, or of one edit.</summary>
    public const int MostKept = 50_000;

    /// <summary>A network that nobody met for so long is new again.</summary>
    public static readonly TimeSpan SettledFor = TimeSpan.FromDays(30);

    private static readonly TimeSpan SeenStep = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<HeldName, HeldNetwork> _rows = [];
    private readonly NetworkLines _lines = new(limits.Lines);
    private readonly EditLines _newLines = new(limits.NewLines);

    /// <summary>As they stand.</summary>
    public IEnumerable<HeldNetwork> All => _rows.Values;

    /// <summary>One of them; null where it is none.</summary>
    public HeldNetwork? Find(HeldName name) => _rows.GetValueOrDefault(name);

    /// <summary>What a scope belongs to: its network, and the edit that listed it; null where it is about no contact.
    /// </summary>
    public (HeldName Network, HeldName Edit)? NamesOf(CaseScope scope) =>
        ListedNetwork.TryNetwork(scope.Scope.Purpose, scope.Scope.Class.Predicate, out var network)
            ? (HeldName.Of(network), HeldName.Of(EditOf(scope)))
            : null;

    /// <summary>Whether nothing may be done because of a scope.</summary>
    public bool IsBraked(CaseScope scope, DateTimeOffset now) => NamesOf(scope) is var (network, edit)
        && (Find(network)?.IsBraked(now) == true || Find(edit)?.IsBraked(now) == true);

    /// <summary>Takes over how one stands.</summary>
    public void Put(HeldNetwork row) => _rows[row.Name] = row;

    /// <summary>It is none any more.</summary>
    public void Remove(HeldName name) => _rows.TryRemove(name, out _);

    /// <summary>Counts a line that had its case before a restart.</summary>
    /// <param name="scope">A corroborated scope of its case.</param>
    /// <param name="isNewLine">It is the first of them.</param>
    public void Restore(CaseScope scope, bool isNewLine)
    {
        if (NamesOf(scope) is var (network, edit))
        {
            var day = ListedNetwork.DayOf(scope.Scope.FromMs + Scope.BeforeMs);
            Restore(new(network.Network, scope.Scope.Subject, day, 1), edit.Edit, isNewLine);
        }
    }

    /// <summary>Counts a line whose event waited before a restart.</summary>
    /// <param name="waiting">The event.</param>
    /// <param name="isNewLine">Its line has no case of which anything is corroborated.</param>
    public void Restore(QualityEvent waiting, bool isNewLine)
    {
        if (ListedNetwork.TryOf(waiting, out var contact))
        {
            Restore(contact, edits.Of(EndpointOf(waiting.Class!.Predicate)), isNewLine);
        }
    }

    private void Restore(in BrakedContact contact, int edit, bool isNewLine)
    {
        if (Find(HeldName.Of(contact.Network)) is { State: HeldNetworkState.Released })
        {
            return;
        }

        _lines.Restore(contact);
        if (isNewLine && edit > ListEdit.Unlisted)
        {
            _newLines.Restore(edit, contact);
        }
    }

    /// <summary>Whether what an edit brought has waited its time.</summary>
    public bool HasSettled(HeldNetwork row, DateTimeOffset now) =>
        row.State == HeldNetworkState.Settling && now - row.Since >= limits.Settles;

    /// <summary>Judges an event, and says how what it belongs to stands then; null where that is as before.</summary>
    /// <param name="quality">The event.</param>
    /// <param name="isNewLine">Its line has no case that takes events, or one of which nothing is corroborated.</param>
    /// <param name="now">The clock.</param>
    public (BrakeStep Step, HeldNetwork? Row) Judge(QualityEvent quality, bool isNewLine, DateTimeOffset now)
    {
        if (!limits.IsOn || !ListedNetwork.TryNetwork(quality, out var network))
        {
            return (BrakeStep.Passes, null);
        }

        var counts = ListedNetwork.TryOf(quality, out var contact);
        var row = InForce(HeldName.Of(network), now);
        if (row is { State: HeldNetworkState.Dropped, IsTold: true })
        {
            return (BrakeStep.Falls, row with { Lost = row.Lost + 1 });
        }

        if (row?.IsHeld == true)
        {
            if (counts)
            {
                _lines.AddBeyond(contact);
            }

            return Wait(row, _lines.MostOf(network), BrakeStep.Waits);
        }

        // Two people looked at all of it; its lines count nowhere else either.
        if (row?.State == HeldNetworkState.Released)
        {
            return (BrakeStep.Passes, null);
        }

        if (counts && !_lines.TryAdd(contact))
        {
            return Wait(
                (row ?? Begin(HeldName.Of(network), quality, now)) with
                {
                    State = HeldNetworkState.Held, Since = now, Bound = _lines.BoundOf(contact.Sources),
                    Detail = quality.Detail, Endpoint = EndpointOf(quality.Class!.Predicate).ToString(),
                },
                _lines.MostOf(network), BrakeStep.Begins);
        }

        var edit = edits.Of(EndpointOf(quality.Class!.Predicate));
        return JudgeEdit(quality, edit, counts && isNewLine ? contact : null, now)
            ?? (edit == ListEdit.Confirmed ? (BrakeStep.Passes, null) : Settle(row, quality, edit, counts, now));
    }

    /// <summary>Whether all that the edit brought is held; null where it is not.</summary>
    private (BrakeStep Step, HeldNetwork? Row)? JudgeEdit(
        QualityEvent quality, int edit, BrakedContact? contact, DateTimeOffset now)
    {
        if (edit <= ListEdit.Unlisted)
        {
            return null;
        }

        var name = HeldName.Of(edit);
        switch (InForce(name, now))
        {
            case { State: HeldNetworkState.Dropped, IsTold: true } dropped:
                return (BrakeStep.Falls, dropped with { Lost = dropped.Lost + 1 });
            case { IsHeld: true } held:
                _ = contact is { } more && _newLines.TryAdd(edit, more);
                return Wait(held, _newLines.MostOf(edit), BrakeStep.Waits);
            case { State: HeldNetworkState.Released }:
                return null;
        }

        return contact is not { } line || edits.Find(edit) is not { } brought || now - brought.At >= ListEdit.Trial
            || _newLines.TryAdd(edit, line)
            ? null
            : Wait(
                Begin(name, quality, now) with
                {
                    State = HeldNetworkState.Held, Bound = limits.NewLines, Detail = brought.List, Update = brought,
                },
                _newLines.MostOf(edit), BrakeStep.Begins);
    }

    /// <summary>What an edit brought waits from its first contact on. Forged visitors do not begin the wait, or it would
    /// be over when the true ones come.</summary>
    private (BrakeStep Step, HeldNetwork? Row) Settle(
        HeldNetwork? row, QualityEvent quality, int edit, bool counts, DateTimeOffset now)
    {
        if (limits.Settles <= TimeSpan.Zero)
        {
            return (BrakeStep.Passes, null);
        }

        if (row is not null && edit <= row.SettledEdit)
        {
            return (BrakeStep.Passes, now - row.Since >= SeenStep && row.State == HeldNetworkState.Settled
                ? row with { Since = now } : null);
        }

        var waits = row?.State == HeldNetworkState.Settling;
        if (!waits && !counts)
        {
            return (BrakeStep.Passes, null);
        }

        var name = HeldName.Of(ListedNetwork.Of(quality.Class!.Predicate.Remotes[0]));
        var next = waits ? row! : (row ?? Begin(name, quality, now)) with
        {
            State = HeldNetworkState.Settling, Since = now, WaitingEdit = 0,
        };
        return Wait(
            next with { WaitingEdit = Math.Max(next.WaitingEdit, edit) }, _lines.MostOf(name.Network), BrakeStep.Waits);
    }

    private HeldNetwork? InForce(HeldName name, DateTimeOffset now) =>
        Find(name) is { } row && (row.Until is null || !row.IsTold || row.IsInForce(now)) ? row : null;

    /// <summary>Lines beyond the bound are not counted over a restart, so what is known stands.</summary>
    private static (BrakeStep Step, HeldNetwork? Row) Wait(HeldNetwork row, int lines, BrakeStep step)
    {
        var next = row with { Lines = Math.Max(row.Lines, lines) };
        return next.Events >= MostKept && step == BrakeStep.Waits
            ? (BrakeStep.Falls, next with { Lost = next.Lost + 1 })
            : (step, next with { Events = next.Events + 1 });
    }

    private HeldNetwork Begin(HeldName name, QualityEvent quality, DateTimeOffset now) => new()
    {
        Name = name,
        State = HeldNetworkState.Held,
        Since = now,
        Lines = 0,
        Bound = limits.Lines,
        Events = 0,
        Detail = quality.Detail,
        Endpoint = EndpointOf(quality.Class!.Predicate).ToString(),
    };

    /// <summary>The edit that a scope was opened of, whatever lists name by now; what two people confirmed since
    /// belongs to none.</summary>
    private int EditOf(CaseScope scope)
    {
        var listed = edits.Of(EndpointOf(scope.Scope.Class.Predicate));
        return listed == ListEdit.Confirmed ? listed : scope.Edit ?? listed;
    }

    private static Endpoint EndpointOf(FlowPredicate named) => new(
        named.Remotes[0], named.RemotePorts.IsEmpty ? (ushort)0 : named.RemotePorts[0], named.Protocol);
}
