// SPDX-License-Identifier: Apache-2.0
//
// A customer did something on the own page: the vault says so and signs it, and nobody else is believed. An act that
// was taken and not yet said to be taken comes again; it is known by what it left in the case.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Customers;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Customers;

/// <summary>What acts are taken with.</summary>
/// <param name="Ring">Whose word counts.</param>
/// <param name="Cases">Case files.</param>
/// <param name="Ladders">What an act sets off.</param>
/// <param name="Audit">The desk's chain.</param>
/// <param name="CheckTime">How long the check lasts that "I fixed it" begins; null = as the policy says.</param>
internal sealed record CustomerActDependencies(
    PublicKeyRing Ring, CaseHandler Cases, EscalationController Ladders, IAuditLog Audit, TimeSpan? CheckTime);

/// <summary>Takes acts. One caller at a time.</summary>
internal sealed class CustomerActHandler(CustomerActDependencies parts, ILogger<CustomerActHandler> log)
{
    /// <summary>An envelope that is no act.</summary>
    public const string NotAnAct = "malformed";

    /// <summary>Most refusals that are remembered.</summary>
    private const int MaxRefused = 1_000;

    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    /// <summary>Acts by outcome: their kind, or why they were refused.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Takes an act.</summary>
    /// <returns>Its number, to be said taken; null where it is not believed.</returns>
    /// <exception cref="AuditException">It could not be recorded: it comes again.</exception>
    public async Task<string?> HandleAsync(Envelope signed, CancellationToken cancel)
    {
        var verified = parts.Ring.Verify(signed, CustomerActDocument.Type);
        if (!verified.IsBelieved || !CustomerActDocument.TryRead(signed, out var act))
        {
            await RefuseAsync(signed, verified.IsBelieved ? NotAnAct : EnvelopeFaults.Word(verified.Fault), cancel);
            return null;
        }

        if (parts.Cases.Find(act.Case) is not { } file || file.State == CaseState.Erased || IsTaken(file, act))
        {
            return act.Id;
        }

        await TakeAsync(act, cancel);
        Count(CustomerActDocument.ToName(act.Kind));
        return act.Id;
    }

    private async Task TakeAsync(CustomerAct act, CancellationToken cancel)
    {
        switch (act.Kind)
        {
            case CustomerActKind.Appeal:
                _ = await parts.Ladders.AppealAsync(act, cancel);
                break;
            case CustomerActKind.Consent when await parts.Cases.TakeConsentAsync(act,
                cancel) is { Refused: { } refused }:
                log.ConsentRefused(act.Case, DenyCodes.ToName(refused.Code));
                break;
            case CustomerActKind.Fixed:
                _ = await FixedAsync(act, cancel);
                break;
        }
    }

    /// <summary>A check that runs is not begun anew: who clicks twice does not wait twice as long.</summary>
    private async Task<EscalationResult?> FixedAsync(CustomerAct act, CancellationToken cancel) =>
        parts.Ladders.Find(act.Case) is { State: EscalationState.Checking }
            ? null
            : await parts.Ladders.FixedAsync(act, parts.CheckTime, cancel);

    private static bool IsTaken(CaseFile file, CustomerAct act) => act.Kind switch
    {
        CustomerActKind.Appeal =>
            file.Comments.Any(one => one.By == CaseHandler.Customer && one.At == act.At && one.Text == act.Words),
        CustomerActKind.Consent =>
            file.Scopes.Any(scope => scope.Facts is ConsentTrigger { Id: { } given }
                && CustomerAct.IdOf(given) == act.Id),
        _ => file.Scopes.Any(scope => scope.Scope.Purpose == Purpose.RemediationCheck
            && scope.Scope.FromMs >= act.At.ToUnixTimeMilliseconds()),
    };

    /// <summary>What is not believed comes again and again; it stands in the record once.</summary>
    private async Task RefuseAsync(Envelope signed, string code, CancellationToken cancel)
    {
        if (_refused.Count >= MaxRefused)
        {
            _refused.Clear();
        }

        if (!_refused.Add(Convert.ToHexStringLower(signed.Signature)))
        {
            return;
        }

        Count(code);
        log.ActRefused(code);
        _ = await parts.Audit.AppendAsync(
            new AuditEntry
            {
                Actor = Actor.Weir.Name,
                Role = Actor.Weir.RoleWord,
                Act = AuditActions.RefuseAct,
                Outcome = code,
                Reason = "an act of a customer that the vault did not sign",
            },
            cancel);
    }

    private void Count(string outcome) => _ = _counts.AddOrUpdate(outcome, 1, (_, count) => count + 1);
}

/// <summary>Event ids 9290 to 9293.</summary>
internal static partial class CustomerActsLog
{
    [LoggerMessage(EventId = 9290, Level = LogLevel.Warning,
        Message = "an act of a customer is not believed, it is not the vault's word: {Code}")]
    public static partial void ActRefused(this ILogger log, string code);

    [LoggerMessage(EventId = 9291, Level = LogLevel.Warning,
        Message = "customers' pages are not served with news, it is tried again: {Reason}")]
    public static partial void NewsFailed(this ILogger log, string reason);

    [LoggerMessage(EventId = 9293, Level = LogLevel.Error,
        Message = "news of customers cannot be handled and is asked for again: report this fault with the lines below")]
    public static partial void NewsNotHandled(this ILogger log, Exception fault);

    [LoggerMessage(EventId = 9292, Level = LogLevel.Warning,
        Message = "a customer's consent opens nothing for {Case}: {Code}")]
    public static partial void ConsentRefused(this ILogger log, CaseId @case, string code);
}
