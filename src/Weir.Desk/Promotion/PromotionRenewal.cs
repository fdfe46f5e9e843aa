// SPDX-License-Identifier: Apache-2.0
//
// A promoted endpoint stays listed while comparisons uphold it by cases that lists of others make, and goes by itself
// when they do not: no entry of ours keeps itself alive. In the second half of its life alone, so that its end tells of
// few days; on record before it is in force; and not for good, since two people answered for what they saw.
using System.Globalization;
using Weir.Contracts.Policy;
using Weir.Desk.Cases;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Promotion;

/// <summary>Renews entries of our own list. One caller.</summary>
/// <param name="promoted">The list.</param>
/// <param name="audit">The record.</param>
/// <param name="lifetime">How long an entry lasts, and lasts anew.</param>
/// <param name="time">Tells now.</param>
internal sealed class PromotionRenewal(
    IPromotedList promoted, IAuditLog audit, TimeSpan lifetime, TimeProvider time)
{
    /// <summary>After so long two people are asked again, whatever days uphold.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <param name="upheld">Endpoints that a comparison upheld, as it writes them.</param>
    /// <param name="until">End of the days it looked at.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="AuditException">It could not be recorded: nothing lasts longer.</exception>
    /// <exception cref="IOException">The list could not be written.</exception>
    public async Task RunAsync(IReadOnlyList<string> upheld, DateTimeOffset until, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        Promotion[] renewed =
        [
            .. promoted.All.Where(entry => upheld.Contains(entry.Endpoint.ToString()))
                .Select(entry => (Was: entry, Next: Next(entry, until, now)))
                .Where(one => one.Next != one.Was).Select(one => one.Next),
        ];
        foreach (var entry in renewed)
        {
            await audit.AppendAsync(
                new AuditEntry
                {
                    Actor = Actor.Weir.Name,
                    Role = Actor.Weir.RoleWord,
                    Act = AuditActions.RenewPromotion,
                    Outcome = AuditActions.Allow,
                    Reason = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{CaseHandler.Name(entry.Approval)}: {entry.Endpoint} until {entry.ExpiresAt:u}, upheld by "
                            + $"the days until {until:u}"),
                },
                cancel);
        }

        if (renewed.Length > 0)
        {
            await promoted.RenewAsync(renewed, cancel);
        }
    }

    /// <summary>The entry with its life counted anew; itself where it is over, or in the first half of it.</summary>
    private Promotion Next(Promotion entry, DateTimeOffset until, DateTimeOffset now)
    {
        var next = until + lifetime < entry.At + Longest ? until + lifetime : entry.At + Longest;
        return entry.ExpiresAt <= now || entry.ExpiresAt - now > lifetime / 2 || next <= entry.ExpiresAt
            ? entry
            : entry with { ExpiresAt = next, UpheldUntil = until };
    }
}
