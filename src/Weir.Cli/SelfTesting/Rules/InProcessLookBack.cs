// SPDX-License-Identifier: Apache-2.0
//
// The store's looking back within one process: exchanges with a promoted endpoint, one epoch of names after the other,
// as events signed with the store's key.
using System.Runtime.CompilerServices;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Signing;
using Weir.Desk.Promotion;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>What looking back in one process works with.</summary>
/// <param name="Contacts">The pair digests.</param>
/// <param name="Key">The store's event key.</param>
/// <param name="HasNames">Whether the names of an epoch are still valid; null where subjects stand in clear.</param>
/// <param name="Reach">How far back, at most <see cref="LookBack.Longest"/>.</param>
/// <param name="Time">Clock.</param>
internal sealed record InProcessLookBackDependencies(
    IPromotedContacts Contacts, SigningKey Key, Func<uint, bool>? HasNames, TimeSpan Reach, TimeProvider Time);

/// <summary>Searches and signs.</summary>
internal sealed class InProcessLookBack(InProcessLookBackDependencies parts) : ILookBackSource
{
    /// <summary>Flows that were under way to the matcher when the list changed.</summary>
    private static readonly TimeSpan ActiveWithin = TimeSpan.FromMinutes(1);

    public async IAsyncEnumerable<PastEvents> SearchAsync(
        Approval promotion, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var (fromMs, untilMs) in Spans(promotion))
        {
            var found = await parts.Contacts.WhoMetAsync(promotion, fromMs, untilMs, LookBack.MaxContacts, cancel);
            yield return new(
                [.. CncContactEvents.From(found.Contacts).Select(contact => EventDocument.Sign(
                    contact with { Origin = EventOrigin.Digests, Promotion = promotion.Given.Signed },
                    parts.Key))],
                fromMs, untilMs, found.IsCut);
        }
    }

    /// <summary>From the reach to the promotion, cut where pseudonyms change; epochs whose names nobody can
    /// resolve are left out.</summary>
    private IEnumerable<(long FromMs, long UntilMs)> Spans(Approval promotion)
    {
        var given = promotion.Given.GivenAt!.Value + ActiveWithin;
        var now = parts.Time.GetUtcNow();
        var untilMs = (given < now ? given : now).ToUnixTimeMilliseconds();
        var reach = parts.Reach < LookBack.Longest ? parts.Reach : LookBack.Longest;
        var fromMs = untilMs - (long)reach.TotalMilliseconds;
        if (parts.HasNames is not { } hasNames)
        {
            yield return (fromMs, untilMs);
            yield break;
        }

        for (var at = fromMs; at < untilMs;)
        {
            var epoch = Epochs.At(at);
            var end = Math.Min(untilMs, Epochs.BeginOf(epoch + 1).ToUnixTimeMilliseconds());
            if (hasNames(epoch))
            {
                yield return (at, end);
            }

            at = end;
        }
    }
}
