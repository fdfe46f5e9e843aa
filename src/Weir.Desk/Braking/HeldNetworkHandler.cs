// SPDX-License-Identifier: Apache-2.0
//
// What the brake holds of a listed network, or of an edit, becomes cases, or goes, by two people in different roles
// (rules.md R21). The desk keeps what they decided and tells vault and store, which look at the signatures themselves;
// only then anything comes of it. What a stop came between is taken up by the next round.
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Approvals;
using Weir.Contracts.Braking;
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Braking;
using Weir.Hosting.Peers.Calling;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Desk.Braking;

/// <summary>What came of asking or giving.</summary>
/// <param name="Asked">The request, where one stands.</param>
/// <param name="Row">How the network stands.</param>
/// <param name="Refused">Why not, where it was refused.</param>
internal sealed record HeldNetworkStep(StoredApproval? Asked, HeldNetwork? Row, Decision.Deny? Refused);

/// <summary>Decisions about held networks. Safe for many callers at once.</summary>
/// <param name="cases">Keeps what is held.</param>
/// <param name="keepers">Who has to be told: vault and store.</param>
/// <param name="log">Takes what was not believed.</param>
internal sealed class HeldNetworkHandler(
    CaseHandler cases, IReadOnlyList<IBrakeKeeper> keepers, ILogger<HeldNetworkHandler> log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public void Dispose() => _turn.Dispose();

    /// <summary>The first person asks.</summary>
    public async Task<HeldNetworkStep> RequestAsync(
        Actor actor, string text, bool isReleased, string reason, CancellationToken cancel)
    {
        var request = new Request.DecideHeld(text, isReleased);
        if (!Roles.May(actor.Role, request.Deed))
        {
            return new(null, null, (Decision.Deny)await cases.Engine.DecideAsync(actor, request, cancel));
        }

        if (!HeldName.TryParse(text, out var name)
            || cases.FindHeld(name) is not { State: HeldNetworkState.Held } row)
        {
            return new(null, null, await cases.RefuseAsync(
                actor, request, DenyCode.Unknown, WhyNotHeld(text, cases.FindHeld(name)), cancel));
        }

        var asked = (await cases.RequestAsync(
            actor, request.Deed,
            new(Target: name.ToString()) { Lasts = isReleased || name.Edit == 0 ? OrderBrake.DecidedFor : null },
            reason, cancel)).Asked;
        return new(asked, row, null);
    }

    /// <summary>What waits its time is not held yet, and ends by itself.</summary>
    private string WhyNotHeld(string text, HeldNetwork? row) => row?.State == HeldNetworkState.Settling
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{text} is not held: what met it becomes cases at {cases.UntilOf(row)!.Value.UtcDateTime:HH:mm:ss} UTC, "
                + $"unless more than {row.Bound} lines meet it in a day; take it off the list ({row.Detail}), or ask "
                + $"again when weir watchlist networks shows it as held.")
        : $"nothing of {text} is held; weir watchlist networks shows what is.";

    /// <summary>The second person gives; vault and store are told at once, where they answer.</summary>
    public async Task<HeldNetworkStep> ApproveAsync(Actor actor, ulong number, CancellationToken cancel)
    {
        if (cases.FindAsked(number) is not { Deed: Permission.ReleaseHeld or Permission.DropHeld } asked
            || !HeldName.TryParse(asked.Target, out var name)
            || cases.FindHeld(name) is not { State: HeldNetworkState.Held })
        {
            return new(null, null, await cases.RefuseAsync(
                actor, new Request.DecideHeld("", true), DenyCode.Unknown,
                $"{CaseHandler.Name(number)} is no request about what is held.", cancel));
        }

        var step = await cases.ApproveHeldAsync(actor, number, name, cancel);
        if (step.Approval is null)
        {
            return new(step.Asked, null, step.Refused);
        }

        try
        {
            await RunOnceAsync(cancel);
        }
        catch (Exception later) when (later is VaultDownException or StoreException or PeerRefusedException)
        {
            log.DecisionWaits(asked.Target, later.Message);
        }

        return new(asked, cases.FindHeld(name), null);
    }

    /// <summary>Carries out what was decided and is not carried out yet.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            foreach (var row in cases.Networks.Where(row =>
                row.IsDecided && (!row.IsTold || row.Events > 0)).ToList())
            {
                if (row.IsTold || await TellAsync(row, cancel))
                {
                    await cases.CarryOutAsync(row, cancel);
                }
            }
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>Whether vault and store believe it. Of edits they know nothing: they count by network.</summary>
    private async Task<bool> TellAsync(HeldNetwork row, CancellationToken cancel)
    {
        if (row.Name.Edit != 0)
        {
            return true;
        }

        var (leave, network) = (CaseHandler.Name(row.Approval), row.Name.ToString());
        var signed = SignedApproval.FromJson(cases.FindAsked(row.Approval)?.Signed ?? "");
        try
        {
            foreach (var keeper in keepers)
            {
                await keeper.DecideAsync(leave, network, row.State == HeldNetworkState.Released, signed, cancel);
            }

            return true;
        }
        catch (VaultRefusedException refused)
        {
            log.DecisionRefused(network, refused.Word);
            await cases.UndecideAsync(row, refused.Word, cancel);
        }
        catch (PeerRefusedException refused) when (!refused.IsPassing)
        {
            log.DecisionRefused(network, refused.Code);
            await cases.UndecideAsync(row, refused.Code, cancel);
        }

        return false;
    }
}
