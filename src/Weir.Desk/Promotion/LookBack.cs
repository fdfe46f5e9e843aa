// SPDX-License-Identifier: Apache-2.0
//
// What a promotion means for the last days (worked example 8): the store searches the pair digests for exchanges with
// the endpoint and signs events of them, which open scopes as any contact does. Nobody sees who or how many: not the
// two who promoted, not a log. Needs their leave, which names the endpoint; recorded before an event opens anything.
// Whoever has a scope about that endpoint in that time is left alone, so that a second search opens nothing twice.
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Promotion;

/// <summary>What a look back found.</summary>
/// <param name="Events">Events signed by the store, of one epoch.</param>
/// <param name="FromMs">From when it looked, ms since the UNIX epoch.</param>
/// <param name="UntilMs">Until when.</param>
/// <param name="IsCut">There were more than it makes events of.</param>
public sealed record PastEvents(IReadOnlyList<Envelope> Events, long FromMs, long UntilMs, bool IsCut);

/// <summary>The store as looking back sees it: it checks the leave itself and signs what it finds with its own
/// key.</summary>
public interface ILookBackSource
{
    /// <summary>Searches the last days for the endpoint that two people promoted, one epoch of names after the
    /// other.</summary>
    /// <param name="promotion">Leave for one endpoint.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ArgumentException">The leave is for something else than a promotion.</exception>
    IAsyncEnumerable<PastEvents> SearchAsync(Approval promotion, CancellationToken cancel);
}

/// <summary>What <see cref="LookBack"/> works with.</summary>
public sealed record LookBackDependencies
{
    public required CaseHandler Desk { get; init; }

    public required ILookBackSource Store { get; init; }

    public required IAuditLog Audit { get; init; }

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
        var spans = 0;
        await foreach (var found in parts.Store.SearchAsync(promotion, either.Token))
        {
            if (spans++ > 0)
            {
                // Whoever was found under the names of the epoch before goes by this one's from here on,
                // and so has one case.
                await parts.Desk.RunOnceAsync(cancel);
            }

            whole &= !found.IsCut;
            await RaiseAsync(
                found, $"{endpoint} {found.FromMs}..{found.UntilMs}",
                $"{name}: {Time(found.FromMs)} to {Time(found.UntilMs)}"
                    + (found.IsCut ? $", cut at {MaxContacts}" : ""),
                cancel);
        }

        return whole;
    }

    private async Task RaiseAsync(PastEvents found, string predicate, string reason, CancellationToken cancel)
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
                Rows = found.Events.Count,
                Reason = reason,
            },
            cancel);
        foreach (var some in found.Events.Chunk(EventsAtOnce))
        {
            await parts.Desk.HandleAsync(some, cancel);
        }
    }

    private static string Time(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("u", System.Globalization.CultureInfo.InvariantCulture);
}
