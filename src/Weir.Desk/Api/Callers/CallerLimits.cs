// SPDX-License-Identifier: Apache-2.0
//
// How often one user of the system may ask over the socket (rules.md R25): so often at once, and so often a second
// thereafter; less without a role. What may not wait, the emergency stop and the record, has a measure of its own, so
// that a script of the same user that asks for ever does not stand before it.
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Api.Callers;

/// <summary>How often a user may ask.</summary>
/// <param name="Burst">Requests at once.</param>
/// <param name="PerSecond">Requests a second thereafter.</param>
internal readonly record struct CallerRate(int Burst, int PerSecond)
{
    /// <summary>With a role, and for what may not wait.</summary>
    public static CallerRate OfPerson { get; } = new(500, 100);

    /// <summary>Without one.</summary>
    public static CallerRate OfStranger { get; } = new(50, 5);
}

/// <summary>Limits requests of users. Safe for any thread.</summary>
/// <param name="person">With a role.</param>
/// <param name="stranger">Without one.</param>
internal sealed class CallerLimits(CallerRate person, CallerRate stranger) : IDisposable
{
    private readonly PartitionedRateLimiter<Measure> _limiter = PartitionedRateLimiter.Create<Measure, Measure>(
        asked => RateLimitPartition.GetTokenBucketLimiter(asked, one => new()
        {
            TokenLimit = (one.IsKnown ? person : stranger).Burst,
            TokensPerPeriod = (one.IsKnown ? person : stranger).PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
        }));

    private readonly record struct Measure(uint User, bool IsKnown, bool IsUrgent);

    /// <summary>Lets a request over the socket on to its route, or refuses it.</summary>
    public Task ReceiveAsync(HttpContext context, RequestDelegate next)
    {
        var caller = context.Features.Get<CallerConnection>()
            ?? throw new IOException("the connection is no socket, so nobody knows who is at its other end");
        caller.HasAsked = true;
        var isUrgent = context.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>()?.IsUrgent == true;
        if (caller.IsForUrgent)
        {
            context.Response.Headers.Connection = "close"; // whoever comes next has this place
            if (!isUrgent)
            {
                return RefuseAsync(context, 1, "as many connections of this user are open as may be; close some");
            }
        }

        using var lease = _limiter.AttemptAcquire(new(caller.User, caller.IsKnown, isUrgent));
        return lease.IsAcquired ? next(context)
            : RefuseAsync(
                context, lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after.TotalSeconds : 1,
                "this user asks too often");
    }

    public void Dispose() => _limiter.Dispose();

    private static Task RefuseAsync(HttpContext context, double seconds, string why)
    {
        var whole = ((int)Math.Ceiling(Math.Max(1, seconds))).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = whole;
        return ApiProblem.Create(ApiProblems.TooMany, $"{why}; ask again in {whole} s")
            .WriteAsync(context.Response, context.RequestAborted);
    }
}
