// SPDX-License-Identifier: Apache-2.0
//
// What a promotion means for the last days (worked example 8): the machine searches the pair digests for exchanges with
// the endpoint and makes signed events of them, which open scopes as any contact does. Nobody sees who or how many: not
// the two who promoted, not a log. Needs their leave, which names the endpoint; recorded before an event leaves here.
// Whoever has a scope about that endpoint in that time is left alone, so that a second search opens nothing twice.
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Promotion;

/// <summary>What <see cref="LookBack"/> works with.</summary>
public sealed record LookBackDependencies
{
    public required CaseHandler Desk { get; init; }

    public required IPromotedContacts Contacts { get; init; }

    /// <summary>The desk's own.</summary>
    public required EventSigner Signer { get; init; }

    public required IAuditLog Audit { get; init; }

    /// <summary>Whether the names of an epoch are still valid; null where subjects stand in clear.</summary>
    public required Func<uint, bool>? HasNames { get; init; }

    /// <summary>How far back, at most <see cref="LookBack.Longest"/>.</summary>
    public required TimeSpan Reach { get; init; }

    public required TimeProvider Time { get; init; }
}

/// <summary>Looks back. One at a time.</summary>
public sealed class LookBack(LookBackDependencies parts)
{
    /// <summary>Subjects that one search makes events of at most.</summary>
    public const int MaxContacts = 10_000;

    /// <summary>Pair digests are kept no longer (R10).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>How long the leave of a promotion lets the machine look back.</summary>
    public static readonly TimeSpan ValidFor = TimeSpan.FromDays(7);

    private const int EventsAtOnce = 1_000;

    /// <summary>Flows that were under way to the matcher when the list changed.</summary>
    private static readonly TimeSpan ActiveWithin = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Searches once and raises what it found.</summary>
    /// <param name="promotion">The leave of the two who promoted.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>False where there were more than <see cref="MaxContacts"/>, and the rest opens nothing.</returns>
    /// <exception cref="ArgumentException">The leave is for something else, or over.</exception>
    /// <exception cref="AuditException">It could not be recorded: no event was raised.</exception>
    public async Task<bool> RunAsync(Approval promotion, CancellationToken cancel)
    {
        if (promotion.Deed != Permission.Promote || promotion.EndsAt <= parts.Time.GetUtcNow()
            || !Endpoint.TryParse(promotion.Target, out var endpoint))
        {
            throw new ArgumentException(
                "Looking back needs the leave of a promotion that is not over.", nameof(promotion));
        }

        var name = CaseHandler.Name(promotion.Given.Number);
        if (await parts.Desk.Engine.DecideAsync(Actor.Weir, new Request.RunLookBack(endpoint, name), cancel)
            is Decision.Deny deny)
        {
            throw new InvalidOperationException($"looking back was refused: {deny.Why}");
        }

        using var patience = new CancellationTokenSource(Patience, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        var whole = true;
        var spans = Spans(promotion).ToList();
        foreach (var (fromMs, untilMs) in spans)
        {
            var found = await parts.Contacts.WhoMetAsync(promotion, fromMs, untilMs, MaxContacts, either.Token);
            whole &= !found.IsCut;
            await RaiseAsync(
                [.. CncContactEvents.From(found.Contacts).Where(IsNew)], $"{endpoint} {fromMs}..{untilMs}",
                $"{name}: {Time(fromMs)} to {Time(untilMs)}{(found.IsCut ? $", cut at {MaxContacts}" : "")}", cancel);
            if (spans.Count > 1)
            {
                // Whoever was found under the names of the epoch before goes by this one's from here on,
                // and so has one case.
                await parts.Desk.RunOnceAsync(cancel);
            }
        }

        return whole;
    }

    private async Task RaiseAsync(List<QualityEvent> events, string predicate, string reason, CancellationToken cancel)
    {
        await parts.Audit.AppendAsync(
            new AuditEntry
            {
                Actor = Actor.Weir.Name,
                Role = Actor.Weir.RoleWord,
                Act = AuditActions.LookBack,
                Outcome = AuditActions.Allow,
                Purpose = Purposes.ToName(Purpose.CncContact),
                Rule = CncContactEvents.Trigger,
                PredicateDigest = CaseUnitOfWork.Digest(predicate),
                Rows = events.Count,
                Reason = reason,
            },
            cancel);
        foreach (var some in events.Chunk(EventsAtOnce))
        {
            await parts.Desk.HandleAsync(
                [.. some.Select(e => parts.Signer.Sign(e with { Detail = $"{e.Detail}; {CaseScope.FromDigests}" }))],
                cancel);
        }
    }

    private bool IsNew(QualityEvent contact) => !parts.Desk.Scopes.GetScopes(contact.Subject).Any(s =>
        s.Scope.Purpose == Purpose.CncContact && contact.Class!.Predicate.IsWithin(s.Scope.Class.Predicate)
        && s.Scope.FromMs <= contact.UntilMs && s.UntilMs >= contact.FromMs);

    /// <summary>From the reach to the promotion, cut where pseudonyms change; epochs whose names nobody can
    /// resolve are left out.</summary>
    private IEnumerable<(long FromMs, long UntilMs)> Spans(Approval promotion)
    {
        var given = promotion.Given.GivenAt!.Value + ActiveWithin;
        var now = parts.Time.GetUtcNow();
        var untilMs = (given < now ? given : now).ToUnixTimeMilliseconds();
        var fromMs = untilMs - (long)(parts.Reach < Longest ? parts.Reach : Longest).TotalMilliseconds;
        if (parts.HasNames is not { } hasNames)
        {
            yield return (fromMs, untilMs);
            yield break;
        }

        for (var at = fromMs; at < untilMs;)
        {
            var epoch = EventScopePolicy.EpochOf(at);
            var end = Math.Min(untilMs, Weir.Contracts.Networks.Epochs.BeginOf(epoch + 1).ToUnixTimeMilliseconds());
            if (hasNames(epoch))
            {
                yield return (at, end);
            }

            at = end;
        }
    }

    private static string Time(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("u", System.Globalization.CultureInfo.InvariantCulture);
}
