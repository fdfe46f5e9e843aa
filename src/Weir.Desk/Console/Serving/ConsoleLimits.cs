// SPDX-License-Identifier: Apache-2.0
//
// How much one session may ask, and one address that has none, so that neither keeps the others out. Behind a TLS front
// all who have no session come from one address: those have more together, and whoever is signed in has a bucket of
// their own, which nobody else empties.
//
// Standards: RFC 6585 4 (429).
using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Weir.Desk.Sessions;
using Weir.Hosting.Peers.Serving;

namespace Weir.Desk.Console.Serving;

/// <summary>Counts requests. Safe for any thread.</summary>
/// <param name="sessions">Which there are: a cookie that anybody made up is none.</param>
internal sealed class ConsoleLimits(ConsoleSessions sessions) : IDisposable
{
    /// <summary>Requests of a session at once; a page of ours takes three, and a fleet of tabs some dozens.</summary>
    public const int OfSession = 400;

    /// <summary>Requests of an address without a session at once.</summary>
    public const int OfAddress = 60;

    /// <summary>The same of this machine, where a TLS front stands for everybody.</summary>
    public const int OfFront = 600;

    /// <summary>Streams of events that a session holds: tabs that somebody sees.</summary>
    public const int Streams = 8;

    /// <summary>A twentieth of it comes back each second.</summary>
    private const int Share = 20;

    private readonly PartitionedRateLimiter<(string Key, int Most)> _limiter =
        PartitionedRateLimiter.Create<(string Key, int Most), string>(who => RateLimitPartition.GetTokenBucketLimiter(
            who.Key, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = who.Most, TokensPerPeriod = who.Most / Share, ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0, AutoReplenishment = true,
            }));

    private readonly PartitionedRateLimiter<string> _streams = PartitionedRateLimiter.Create<string, string>(
        session => RateLimitPartition.GetConcurrencyLimiter(
            session, _ => new ConcurrencyLimiterOptions { PermitLimit = Streams, QueueLimit = 0 }));

    /// <summary>Whether one more request is answered.</summary>
    public bool Allows(HttpContext context)
    {
        using var lease = _limiter.AttemptAcquire(KeyOf(context));
        return lease.IsAcquired;
    }

    /// <summary>A stream of a session; null where it holds as many as it may. Disposed when it ends.</summary>
    public RateLimitLease? Stream(ConsoleSession session)
    {
        var lease = _streams.AttemptAcquire(session.Id);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    public void Dispose()
    {
        _limiter.Dispose();
        _streams.Dispose();
    }

    private (string Key, int Most) KeyOf(HttpContext context)
    {
        var secret = context.Request.Cookies[ConsoleCookies.Session] ?? "";
        if (secret.Length > 0 && sessions.Find(secret, isUse: false).Session is { } session)
        {
            return ($"session {session.Id}", OfSession);
        }

        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return ($"address {AddressConnections.NameOf(address)}", IPAddress.IsLoopback(address) ? OfFront : OfAddress);
    }
}
