// SPDX-License-Identifier: Apache-2.0
//
// From a case file to what its customer may see: the facts of its scopes, what was really done, and of a check a
// boolean and a count. Counting is decided and recorded like anybody's.
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Links;
using Weir.Desk.Policy;
using Weir.Wire.Native;

namespace Weir.Cli.Web.SelfService;

/// <summary>Gathers what a page shows.</summary>
internal sealed class CaseFacts(EvidenceHandler evidence, IReadOnlyList<IActiveMeasures> doings, PolicyProfile policy)
{
    public async Task<CustomerCaseView> LoadAsync(CaseFile file, CancellationToken cancel)
    {
        var scopes = new List<CustomerScopeView>();
        foreach (var scope in file.Scopes.Where(
            s => s.Scope.Purpose != Purpose.RemediationCheck && s.State != ScopeState.Erased))
        {
            scopes.Add(new(
                FactsOf(scope), scope.Scope.Class.Predicate, MatterOf(scope.Scope),
                [.. doings.SelectMany(d => d.GetActive(file, scope)).Distinct()],
                await CheckAsync(file, scope, cancel)));
        }

        var isClosed = file.State == CaseState.Closed;
        return new(
            file.Id, isClosed, isClosed ? file.ClosedAt?.AddDays(policy.EvidenceDaysAfterClose) : null,
            policy.EvidenceDaysAfterClose, scopes);
    }

    /// <summary>The facts of a scope. What an event told of the provider's own network, such as its router's address,
    /// is not among them.</summary>
    public NoticeFacts FactsOf(CaseScope held)
    {
        var scope = held.Scope;
        var predicate = scope.Class.Predicate;
        var reaches = held.Event != 0 && held.Renews is null ? policy.ScopeBeforeMinutes * 60_000L : 0;
        var last = Math.Max(held.LastMs, scope.FromMs);
        return new()
        {
            Purpose = scope.Purpose,
            Trigger = scope.Trigger,
            Class = scope.Class.ToString(),
            Endpoint = scope.Purpose == Purpose.CncContact && predicate is { Remotes.Length: 1, RemotePorts.Length: 1 }
                ? new Weir.Contracts.Flows.Endpoint(predicate.Remotes[0], predicate.RemotePorts[0], predicate.Protocol)
                    .ToString()
                : "",
            First = DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(scope.FromMs + reaches, last)),
            Last = DateTimeOffset.FromUnixTimeMilliseconds(last),
            Grounds = held.Facts is MeasuredTrigger measured ? TriggerText.FormatMeasure(measured) : "",
        };
    }

    private static FindingKind MatterOf(Scope scope) => DetectionRules.IdOf(scope.Trigger) switch
    {
        RuleId.ReflectionOut => FindingKind.Reflection,
        _ => scope.Purpose switch
        {
            Purpose.CncContact => FindingKind.Bot,
            Purpose.DdosSource => FindingKind.Flood,
            Purpose.SpamSource => FindingKind.Spam,
            Purpose.ScanSource => FindingKind.Scan,
            Purpose.Spoofing => FindingKind.Spoof,
            Purpose.NetworkIntegrity => FindingKind.Attacked,
            _ => FindingKind.Complaint,
        },
    };

    private async Task<CustomerCheckView?> CheckAsync(CaseFile file, CaseScope scope, CancellationToken cancel)
    {
        var latest = file.Scopes.Where(
            s => s.Scope.Purpose == Purpose.RemediationCheck && s.State is (ScopeState.Open or ScopeState.Ended)
                && s.Scope.Class.Predicate.Equals(scope.Scope.Class.Predicate))
            .MaxBy(s => s.Scope.FromMs);
        if (latest is null)
        {
            return null;
        }

        long? count = null;
        try
        {
            count = await evidence.CountAsync(
                Actor.Weir, new Request.CountFlows(Purpose.RemediationCheck, latest.Scope.Id), cancel)
                is { Refused: null } counted
                ? counted.Total
                : null;
        }
        catch (StoreException)
        {
            // The page says that it cannot be told now.
        }

        return new(
            latest.State == ScopeState.Open, DateTimeOffset.FromUnixTimeMilliseconds(latest.Scope.FromMs),
            DateTimeOffset.FromUnixTimeMilliseconds(latest.UntilMs), count);
    }
}
