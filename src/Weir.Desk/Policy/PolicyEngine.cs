// SPDX-License-Identifier: Apache-2.0
//
// decide(actor, role, purpose, predicate, subject?, interval) → Allow(scope, filter) | Deny(code) (rules.md section 3).
// The answer, leave or refusal, is durable in the audit before anybody holds it; of refusals that repeat, their number
// is within a minute. The engine holds no flows and asks
// nobody: the same request against the same scopes has the same answer.
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Policy;

/// <summary>Decides. Safe for many callers at once.</summary>
public sealed class PolicyEngine(
    IScopeRegistry scopes, IAuditLog audit, IRefusalLog refusals, IPrivacyOfficerNotifier officer, PolicyProfile policy,
    TimeProvider time)
{
    private static readonly TimeSpan RefusalsCount = TimeSpan.FromHours(24);

    private readonly PolicyEvaluator _judgement = new(scopes, policy);
    private readonly RefusalCounts _refusals = new(refusals);

    /// <summary>Puts refusals of people on record, many of one of them together; each by itself where there is none.
    /// </summary>
    internal RepeatedRefusals? Repeated { get; init; }

    /// <summary>Decides one request.</summary>
    /// <exception cref="AuditException">The decision could not be made durable: nothing is granted.</exception>
    public async Task<Decision> DecideAsync(Actor actor, Request request, CancellationToken cancel)
    {
        var decision = _judgement.Evaluate(actor, request);
        if (decision is Decision.Deny deny)
        {
            var standsByItself = await RecordAsync(actor, request, deny, cancel);
            await CountAsync(actor, request.Act, deny, standsByItself, cancel);
            return deny;
        }

        _ = await audit.AppendAsync(EntryOf(actor, request, decision), cancel);
        return decision;
    }

    /// <summary>Records a refusal that was found elsewhere: a second person that is the first, a
    /// vault that is down.</summary>
    public async Task<Decision> RefuseAsync(
        Actor actor, Request request, DenyCode code, string why, CancellationToken cancel)
    {
        var deny = new Decision.Deny(code, why);
        var standsByItself = await RecordAsync(actor, request, deny, cancel);
        if (code != DenyCode.VaultDown)
        {
            await CountAsync(actor, request.Act, deny, standsByItself, cancel);
        }

        return deny;
    }

    /// <returns>Whether the refusal stands on record by itself.</returns>
    private async Task<bool> RecordAsync(Actor actor, Request request, Decision.Deny deny, CancellationToken cancel)
    {
        var entry = EntryOf(actor, request, deny);
        if (Repeated is { } together && actor.Role != Role.Machine)
        {
            return await together.NoteAsync(entry, cancel);
        }

        _ = await audit.AppendAsync(entry, cancel);
        return true;
    }

    /// <summary>Every third refusal of a person within a day rings the officer's bell (worked example 9); of those that
    /// are told together, each time that their number has doubled.</summary>
    private async Task CountAsync(
        Actor actor, string act, Decision.Deny deny, bool standsByItself, CancellationToken cancel)
    {
        if (actor.Role == Role.Machine)
        {
            return;
        }

        var now = time.GetUtcNow();
        var count = await _refusals.AddAsync(
            new(now, actor.Name, actor.RoleWord, act, deny.Code), now - RefusalsCount, isTogether: !standsByItself, cancel);
        if (count % policy.RefusalsToNotify != 0
            || !(standsByItself || BitOperations.IsPow2(count / policy.RefusalsToNotify)))
        {
            return;
        }

        await audit.AppendAsync(new AuditEntry
        {
            Actor = Actor.Weir.Name,
            Role = Actor.Weir.RoleWord,
            Act = AuditActions.TellOfficer,
            Outcome = AuditActions.Allow,
            Reason = string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{actor.Name} ({actor.RoleWord}) was refused {count} times in 24 hours, last "
                    + $"{DenyCodes.ToName(deny.Code)}"),
        }, cancel);
        officer.Notify(actor.Name, actor.RoleWord, count);
    }

    private AuditEntry EntryOf(Actor actor, Request request, Decision decision)
    {
        var asked = RequestAuditFields.From(request);
        var scope = asked.Scope is { } id ? scopes.Find(id)?.Scope
            : decision is Decision.Allow { Filter: { } filter } ? scopes.Find(filter.Scope)?.Scope
            : null;
        return new AuditEntry
        {
            Actor = actor.Name,
            Role = actor.RoleWord,
            Act = request.Act,
            Outcome = decision is Decision.Deny deny ? DenyCodes.ToName(deny.Code) : AuditActions.Allow,
            Purpose =
                asked.Purpose is { } purpose && purpose != 0 && Enum.IsDefined(purpose) ? Purposes.ToName(purpose) : "",
            Case = (asked.Case ?? scope?.Case)?.ToString() ?? "",
            Scope = (scope?.Id ?? asked.Scope)?.ToString() ?? "",
            Subject = (scope?.Subject ?? asked.Subject)?.ToString() ?? "",
            Rule = scope?.Trigger ?? "",
            PredicateDigest = Digest(asked.Text),
            Reason = asked.Reason,
            Result = decision is Decision.Allow ? AuditActions.Granted : "",
        };
    }

    private static string Digest(string text) =>
        text.Length == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
