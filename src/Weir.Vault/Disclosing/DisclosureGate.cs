// SPDX-License-Identifier: Apache-2.0
//
// Opens who the subject of a case is, for fifteen minutes, by leave of two people (rules.md R9). The vault looks for
// itself: the scope follows from its grounds, the case was sealed for that subject, and both people signed just this
// with keys of the governance in force; in the lab, which has no keys, they stand in the vault's own configuration. An
// order opens one view; the same request again, in its time, gets the same view.
using System.Globalization;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Approving;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;

namespace Weir.Vault.Disclosing;

/// <summary>What disclosures need.</summary>
internal sealed record DisclosureDependencies(
    DisclosureOptions Options, CaseSealStore Seals, CaseGrounds Grounds, DisclosureLedger Orders,
    NetworkTable Networks, ApprovalJudge Approvals);

/// <summary>Discloses. Safe for any thread.</summary>
internal sealed class DisclosureGate(
    DisclosureDependencies parts, IAuditLog audit, VaultRefusals refusals, TimeProvider time)
{
    public Task<DisclosedLine> AnswerAsync(PeerCall call, DiscloseAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker =>
        {
            var scope = CaseGrounds.Read(ask.Order);
            var order = new DisclosureOrder(
                scope.Case, scope.Id, ask.AskedBy, ask.AskedRole, ask.GivenBy, ask.GivenRole, ask.Reason, ask.Leave);
            var shown = await DiscloseAsync(scope, order, asker, cancel);
            return new DisclosedLine(shown.Line, shown.Until);
        });

    internal async Task<Disclosure> DiscloseAsync(
        ScopeOrder scope, DisclosureOrder order, Asker asker, CancellationToken cancel)
    {
        var entry = asker.Entry(
            AuditActions.Disclose,
            $"{order.Reason.Trim()} (leave: {order.GivenBy}, {order.GivenRole}; through {asker.Name})") with
        {
            Actor = order.AskedBy,
            Role = order.AskedRole,
            Purpose = Purposes.ToName(scope.Purpose),
            Case = order.Case.ToString(),
            Scope = order.Scope.ToString(),
            PredicateDigest = DisclosureOrderValidator.Digest(order),
        };
        try
        {
            var subject = Check(scope, order);
            entry = entry with { Approval = Approve(scope, order) };
            var at = CheckRepeated(parts.Orders.Before(order), asker.Number);
            var line = Describe(subject);
            _ = await audit.AppendAsync(
                entry with { Rows = 1, ResultDigest = parts.Seals.Digest(order.Case, line) }, cancel);
            var now = time.GetUtcNow();
            at = CheckRepeated(parts.Orders.Note(order, asker.Number, now), asker.Number) ?? at ?? now;
            return new Disclosure(line, at.Value + DisclosureOrderValidator.View);
        }
        catch (VaultRefusedException refused)
        {
            _ = await audit.AppendAsync(entry with { Outcome = refused.Word }, cancel);
            throw;
        }
    }

    private SealedSubject Check(ScopeOrder scope, DisclosureOrder order)
    {
        if (DisclosureOrderValidator.Refusal(order) is { } refusal)
        {
            throw refusal;
        }

        foreach (var (name, role) in parts.Approvals.NeedsKeys ? []
            : new[] { (order.AskedBy, order.AskedRole), (order.GivenBy, order.GivenRole) })
        {
            if (parts.Options.People.GetValueOrDefault(name.Trim()) != role)
            {
                throw new VaultRefusedException(
                    DenyCode.SecondPersonNeeded, $"the vault knows no {role} {name.Trim()}; name people under access "
                        + "in the vault's own configuration")
                {
                    Word = VaultCodes.UnknownPerson,
                };
            }
        }

        return parts.Grounds.Require(scope);
    }

    /// <summary>Both signed just this, and are who the order says; the number of what they signed. Empty in the lab.
    /// </summary>
    private string Approve(ScopeOrder scope, DisclosureOrder order)
    {
        if (!parts.Approvals.NeedsKeys)
        {
            return "";
        }

        var (request, signers) = parts.Approvals.Require(
            new(ApprovalAct.Disclosure, "")
            {
                Case = order.Case.ToString(), Scope = ScopeDigest.Of(scope), Reason = order.Reason,
            },
            order.Number, order.Number);
        (string User, string Role)[] told =
            [(order.AskedBy.Trim(), order.AskedRole), (order.GivenBy.Trim(), order.GivenRole)];
        return signers.All(one => told.Contains((one.User, one.RoleWord)))
            ? request.Number
            : throw ApprovalJudge.Refuse(ApprovalFault.SecondPersonNeeded);
    }

    /// <summary>When the same request was answered before, in the time of its view; null where it is new.</summary>
    private DateTimeOffset? CheckRepeated(DisclosureLedgerEntry? before, string number) =>
        before is null ? null
        : number.Length > 0 && before.Number == number && time.GetUtcNow() < before.At + DisclosureOrderValidator.View
            ? before.At
        : throw new VaultRefusedException(DenyCode.Expired, string.Create(
            CultureInfo.InvariantCulture,
            $"this order was carried out at {before.At:yyyy-MM-dd HH:mm:ss} UTC; its view lasted 15 minutes, a further "
                + $"one needs a new order"));

    /// <summary>How the provider's records name the customer.</summary>
    private string Describe(SealedSubject subject) => subject.Line.Length > 0
        ? subject.Line
        : parts.Networks.Find(subject.Subject) is { } network && !subject.Subject.IsV4
            ? $"{subject.Subject}/{network.SubjectLength}"
        : subject.Subject.ToString();
}
