// SPDX-License-Identifier: Apache-2.0
//
// From a case file to what the vault is told of it for the customer's page: its scopes with their grounds, what was
// really done, and of a check a boolean and a count. Counting is decided and recorded like anybody's.
using Weir.Contracts.Customers;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;
using Weir.Desk.Policy;
using Weir.Wire.Native;

namespace Weir.Desk.Customers;

/// <summary>What a case is read from.</summary>
internal sealed record CustomerCaseDependencies(
    CaseHandler Cases, EvidenceHandler Evidence, EscalationController Ladders, ScopeMeasures Measures,
    PolicyProfile Policy);

/// <summary>Gathers what a page shows.</summary>
internal sealed class CustomerCaseReader(CustomerCaseDependencies parts)
{
    /// <summary>How a case stands; null where there is none any more.</summary>
    public async Task<CustomerCase?> ReadAsync(CaseId id, CancellationToken cancel)
    {
        if (parts.Cases.Find(id) is not { } file || file.State == CaseState.Erased)
        {
            return null;
        }

        List<CustomerScope> scopes = [];
        foreach (var scope in file.Scopes
            .Where(s => s.Scope.Purpose != Purpose.RemediationCheck && s.State != ScopeState.Erased)
            .OrderByDescending(s => s.LastMs).Take(CustomerCase.MaxScopes))
        {
            if (parts.Cases.FindOrder(scope.Scope.Id) is { } order)
            {
                scopes.Add(new(
                    order, parts.Measures.GetActive(file, scope), await CheckAsync(file, scope, cancel)));
            }
        }

        return new(
            file.Id, parts.Ladders.Find(file.Id) is { State: EscalationState.Clean },
            file.State == CaseState.Closed ? file.ClosedAt?.AddDays(parts.Policy.EvidenceDaysAfterClose) : null,
            new(
                parts.Policy.EvidenceDaysAfterClose,
                parts.Policy.Purposes.Contains(Purpose.CustomerDiagnosis) ? parts.Policy.DiagnosisHours : 0),
            scopes);
    }

    private async Task<CustomerCheck?> CheckAsync(CaseFile file, CaseScope scope, CancellationToken cancel)
    {
        var latest = file.Scopes.Where(
            s => s.Scope.Purpose == Purpose.RemediationCheck && s.State is (ScopeState.Open or ScopeState.Ended)
                && !s.Scope.Class.Predicate.Remotes.IsEmpty
                && s.Scope.Class.Predicate.Equals(scope.Scope.Class.Predicate))
            .MaxBy(s => s.Scope.FromMs);
        if (latest is null)
        {
            return null;
        }

        long? count = null;
        try
        {
            count = await parts.Evidence.CountAsync(
                Actor.Weir, new Request.CountFlows(Purpose.RemediationCheck, latest.Scope.Id), cancel)
                is { Refused: null } counted
                ? counted.Total
                : null;
        }
        catch (StoreException)
        {
            // The page says that it cannot be told now.
        }

        var ladder = parts.Ladders.Find(file.Id);
        return new(
            latest.State == ScopeState.Open, DateTimeOffset.FromUnixTimeMilliseconds(latest.Scope.FromMs),
            DateTimeOffset.FromUnixTimeMilliseconds(latest.UntilMs), count, ladder?.State == EscalationState.Clean,
            ladder?.UnknownSince is not null);
    }
}
