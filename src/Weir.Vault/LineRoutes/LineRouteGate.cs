// SPDX-License-Identifier: Apache-2.0
//
// Takes orders for routes that match a line. Announcing needs grounds, and stops no more than they are about;
// withdrawing needs nobody's leave. Neither answer says where the line is.
using System.Globalization;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Approving;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;

namespace Weir.Vault.LineRoutes;

/// <summary>Announces and withdraws. Safe for any thread.</summary>
/// <param name="lines">Null where no router is configured.</param>
/// <param name="routes">What should stand.</param>
/// <param name="grounds">Judges orders.</param>
/// <param name="approvals">Judges what two people signed.</param>
/// <param name="audit">The vault's chain.</param>
/// <param name="refusals">Answers.</param>
/// <param name="time">The clock.</param>
internal sealed class LineRouteGate(
    (LineRouteLedger Ledger, LineRouteOptions Options)? lines, LineRouteStore routes, CaseGrounds grounds,
    ApprovalJudge approvals, IAuditLog audit, VaultRefusals refusals, TimeProvider time)
    : ICaseEnding
{
    private readonly Lock _gate = new();
    private readonly Queue<DateTimeOffset> _hour = [];

    public Task<Done> AnnounceAsync(PeerCall call, LineRouteAsk ask, CancellationToken cancel) => refusals.AnswerAsync(
        call, ask.Number, async asker =>
        {
            var target = MitigationTarget.TryParse(ask.Target, out var read, out var fault)
                ? read!
                : throw new FormatException(fault);
            await AnnounceAsync(CaseGrounds.Read(ask.Order), (Lease(ask.Lease), target, ask.EndsAt), asker, cancel);
            return Done.It;
        });

    public Task<Done> WithdrawAsync(PeerCall call, LineRouteWithdrawal ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker =>
        {
            var (lease, id) = (Lease(ask.Lease), VaultText.Case(ask.Case));
            _ = await audit.AppendAsync(
                asker.Entry(AuditActions.LineRoute, $"withdraw {lease}") with { Case = id.ToString() }, cancel);
            approvals.Close(ApprovalAct.LineRoute, lease.ToString());
            _ = routes.Remove(lease);
            lines?.Ledger.Trigger();
            return Done.It;
        });

    public Task<LineRoutesReply?> ListAsync(PeerCall call, CancellationToken cancel) =>
        Task.FromResult<LineRoutesReply?>(new([.. routes.All.Select(route => LineRouteFields.From(
            route.Lease,
            lines?.Ledger.Find(route.Lease) ?? new(LeaseState.Approved, LeaseReasonCode.NoRouter)))]));

    /// <summary>Nothing stands for a case whose key goes.</summary>
    public async Task ReleaseAsync(CaseId id, Asker asker, CancellationToken cancel)
    {
        foreach (var route in routes.All.Where(route => route.Case == id))
        {
            _ = await audit.AppendAsync(
                asker.Entry(AuditActions.LineRoute, $"withdraw {route.Lease}: the key of the case is destroyed") with
                {
                    Case = id.ToString(),
                },
                cancel);
            _ = routes.Remove(route.Lease);
            lines?.Ledger.Trigger();
        }
    }

    internal async Task AnnounceAsync(
        ScopeOrder order, (LeaseId Lease, MitigationTarget Target, DateTimeOffset EndsAt) route, Asker asker,
        CancellationToken cancel)
    {
        var entry = asker.Entry(AuditActions.LineRoute, $"announce {route.Lease}") with
        {
            Purpose = Purposes.ToName(order.Purpose),
            Case = order.Case.ToString(),
            Scope = order.Id.ToString(),
            PredicateDigest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
                System.Text.Encoding.UTF8.GetBytes(route.Target.ToString()))),
        };
        try
        {
            _ = grounds.Require(order);
            Check(order, route.Lease, route.Target, route.EndsAt);
            entry = entry with { Approval = Approve(order, route) };
        }
        catch (VaultRefusedException refused)
        {
            _ = await audit.AppendAsync(entry with { Outcome = refused.Word }, cancel);
            throw;
        }

        _ = await audit.AppendAsync(entry, cancel);
        routes.Put(new(order.Case, route.Lease, route.Target, route.EndsAt));
        lines!.Value.Ledger.Trigger();
    }

    /// <summary>What met a C&amp;C is closed by the rules alone; anything else two people signed, and for how long. A
    /// route that stands already needs no more, but to stand for longer.</summary>
    private string Approve(ScopeOrder order, (LeaseId Lease, MitigationTarget Target, DateTimeOffset EndsAt) route)
    {
        if (!approvals.NeedsKeys || order.Purpose == Purpose.CncContact
            || (routes.Find(route.Lease) is { } standing && route.EndsAt <= standing.EndsAt))
        {
            return "";
        }

        var (request, _) = approvals.Require(
            new(ApprovalAct.LineRoute, route.Target.Shown) { Case = order.Case.ToString() }, null,
            route.Lease.ToString());
        return ApprovalParameters.LastsOf(request.Parameters) is not { } most || route.EndsAt <= request.Expires + most
            ? request.Number
            : throw Other(string.Create(
                CultureInfo.InvariantCulture,
                $"two people signed a route until {request.Expires + most:yyyy-MM-dd HH:mm} UTC at the latest; they sign again for longer"));
    }

    private void Check(ScopeOrder order, LeaseId lease, MitigationTarget target, DateTimeOffset endsAt)
    {
        if (lines is not { Options: { } options })
        {
            throw new VaultRefusedException(
                DenyCode.ActionNotAllowed, "no router of lines is configured; write vault.line-routes in the vault's "
                    + "configuration (docs/14-vault.md) and start the vault again")
            {
                Word = VaultCodes.NoRouter,
            };
        }

        var now = time.GetUtcNow();
        if (LineRouteTarget.Fault(target, order) is { } fault)
        {
            throw Other(fault);
        }

        if (endsAt <= now || endsAt > now + options.MaxLifetime + TimeSpan.FromHours(1))
        {
            throw Other($"a route of a line lasts at most {options.MaxLifetime.TotalDays:0} days");
        }

        if (routes.Find(lease) is { } known && (known.Case != order.Case || known.Target != target))
        {
            throw Other($"{lease} stands for another route here");
        }

        if (routes.Find(lease) is null && !HasRoom(now, options.MaxPerHour))
        {
            throw new VaultRefusedException(DenyCode.ActionNotAllowed, string.Create(
                CultureInfo.InvariantCulture, $"{options.MaxPerHour} routes of lines began within an hour"))
            {
                Word = VaultCodes.TooManyRoutes,
            };
        }
    }

    private bool HasRoom(DateTimeOffset now, int most)
    {
        lock (_gate)
        {
            while (_hour.TryPeek(out var first) && now - first >= TimeSpan.FromHours(1))
            {
                _ = _hour.Dequeue();
            }

            if (_hour.Count >= most)
            {
                return false;
            }

            _hour.Enqueue(now);
            return true;
        }
    }

    private static LeaseId Lease(string text) => LeaseId.TryParse(text, out var lease)
        ? lease
        : throw new FormatException($"'{text}' is not a block: b- and 16 hexadecimal digits");

    private static VaultRefusedException Other(string sentence) =>
        new(DenyCode.OutOfScope, sentence) { Word = VaultCodes.OtherThanGrounds };
}
