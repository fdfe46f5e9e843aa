// SPDX-License-Identifier: Apache-2.0
//
// What the desk asks about the customer's page. What it tells of a case is taken as far as its grounds say it: facts
// come from signed events, and a scope that does not follow, or is another subject's, is shown to nobody.
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Customers;
using Weir.Contracts.Grounds;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Chain;
using Weir.Vault.Consenting;
using Weir.Vault.LineRoutes;
using Weir.Vault.Remediation;
using Weir.Vault.Sealing;

namespace Weir.Vault.Customers;

/// <summary>What the gate works with.</summary>
internal sealed record CustomerGateDependencies(
    CustomerActStore Acts, CustomerNewsQueue News, CaseGrounds Grounds, ILineMeasures Lines, ConsentHandler Consents,
    LineActivities Activities);

/// <summary>Answers the desk. Safe for any thread.</summary>
/// <param name="parts">Null where no page is served.</param>
/// <param name="audit">The vault's chain.</param>
/// <param name="refusals">Turns what is thrown into refusals.</param>
internal sealed class CustomerGate(CustomerGateDependencies? parts, IAuditLog audit, VaultRefusals refusals)
{
    /// <summary>Most octets of what the desk tells of a case: a hundred scopes with their grounds.</summary>
    public const int MaxOctets = 8 << 20;

    private const int MaxActs = 1_000;

    private CustomerGateDependencies Parts => parts ?? throw new VaultRefusedException(
        DenyCode.ActionNotAllowed, "the vault serves no page of customers; set selfservice.enabled there too")
    {
        Word = VaultCodes.NoPage,
    };

    public Task<CustomerNews?> NewsAsync(PeerCall call, CancellationToken cancel) =>
        refusals.AnswerAsync<CustomerNews?>(call, async () =>
            await Parts.News.WaitAsync(cancel) is { } wanted
                ? new(
                    [.. Parts.Acts.Waiting.Take(MaxActs)], [.. wanted.Select(id => id.ToString())])
                : null);

    public Task<Done> TakenAsync(PeerCall call, CustomerActIds ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, () =>
        {
            Parts.Acts.Remove(ask.Ids.ToHashSet(StringComparer.Ordinal));
            return Task.FromResult(Done.It);
        });

    public Task<Done> ShowAsync(PeerCall call, CustomerCaseAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker =>
        {
            var id = VaultText.Case(ask.Case);
            var entry = asker.Entry(AuditActions.TellPage) with { Case = id.ToString(), Rows = ask.Scopes.Count };
            CustomerCaseView view;
            try
            {
                view = Read(id, ask);
            }
            catch (VaultRefusedException refused)
            {
                _ = await audit.AppendAsync(entry with { Outcome = refused.Word }, cancel);
                throw;
            }

            _ = await audit.AppendAsync(entry, cancel);
            Parts.News.Take(view);
            return Done.It;
        });

    private CustomerCaseView Read(CaseId id, CustomerCaseAsk ask)
    {
        if (ask.Scopes.Count > CustomerCase.MaxScopes || ask.Terms.KeptDays < 0)
        {
            throw new FormatException($"a case is shown with at most {CustomerCase.MaxScopes} scopes");
        }

        List<CustomerScopeView> scopes = [];
        foreach (var told in ask.Scopes)
        {
            var order = CaseGrounds.Read(told.Order);
            if (order.Case != id)
            {
                throw Other($"scope {order.Id} is not one of {id}");
            }

            try
            {
                _ = Parts.Grounds.Require(order);
            }
            catch (VaultRefusedException over) when (over.Word == VaultCodes.ScopeOver)
            {
                continue; // kept for its record alone
            }
            catch (VaultRefusedException doubtful) when (doubtful.Code == DenyCode.NotCorroborated)
            {
                continue; // sealed: nothing is said because of it
            }

            if (IsTakenBack(order))
            {
                continue; // the desk ends it within seconds
            }

            var facts = CustomerFacts.From(order)
                ?? throw Other($"nobody is told of scope {order.Id}: it is a check");
            var check = told.Check?.ToCheck();
            scopes.Add(new(
                order.Id, facts, Parts.Lines.Confirm(id, ActionFields.Read(told.Done)),
                check is null ? null : check with { IsClean = check.IsClean && WasActiveSince(id, facts) }));
        }

        var isClean = ask.IsClean && scopes.TrueForAll(
            scope => scope.Facts.Purpose == Purpose.CustomerDiagnosis || WasActiveSince(id, scope.Facts));
        return new(id, isClean, ask.KeptUntil, ask.Terms, CustomerCaseView.Combine(scopes));
    }

    /// <summary>Nobody is called clean whose line no collector saw active since.</summary>
    private bool WasActiveSince(CaseId id, CustomerFacts facts) => Parts.Activities.WasActiveAfter(id, facts.Last);

    private bool IsTakenBack(ScopeOrder order)
    {
        List<ConsentId> given = [];
        foreach (var envelope in order.Grounds)
        {
            if (GrantDocument.TryRead(envelope, out var grant) && ConsentId.TryParse(grant.Id, out var id))
            {
                given.Add(id);
            }
        }

        return Parts.Consents.Withdrawn(given).Count > 0;
    }

    private static VaultRefusedException Other(string sentence) =>
        new(DenyCode.OutOfScope, sentence) { Word = VaultCodes.OtherThanGrounds };
}
