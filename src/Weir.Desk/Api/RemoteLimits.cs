// SPDX-License-Identifier: Apache-2.0
//
// How often one address may ask over TLS: so often at once, and so often a second thereafter. The framework's token
// buckets, one for each address (of IPv6, each /64). And how many streams one token holds.
using System.Globalization;
using System.Threading.RateLimiting;
using Weir.Wire;

namespace Weir.Desk.Api;

/// <summary>Limits requests. Safe for any thread.</summary>
/// <param name="burst">Requests at once.</param>
/// <param name="perSecond">Requests a second thereafter.</param>
internal sealed class RemoteLimits(int burst = RemoteLimits.Burst, int perSecond = RemoteLimits.PerSecond) : IDisposable
{
    public const int Burst = 100;
    public const int PerSecond = 20;

    /// <summary>Streams that a token holds.</summary>
    public const int Streams = 8;

    private const int V6Length = 64;

    private readonly PartitionedRateLimiter<IpKey> _limiter = PartitionedRateLimiter.Create<IpKey, Prefix>(
        address => RateLimitPartition.GetTokenBucketLimiter(
            Prefix.From(address, address.IsV4 ? 128 : V6Length), _ => new()
            {
                TokenLimit = burst, TokensPerPeriod = perSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0, AutoReplenishment = true,
            }));

    private readonly PartitionedRateLimiter<string> _streams = PartitionedRateLimiter.Create<string, string>(
        token => RateLimitPartition.GetConcurrencyLimiter(
            token, _ => new() { PermitLimit = Streams, QueueLimit = 0 }));

    /// <summary>One more request of an address.</summary>
    /// <returns>Null where it may; else after how many whole seconds it may ask again.</returns>
    public string? Refuse(IpKey address)
    {
        using var lease = _limiter.AttemptAcquire(address);
        return lease.IsAcquired ? null
            : ((int)Math.Ceiling(lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
                ? Math.Max(1, after.TotalSeconds) : 1)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>One more stream of a token.</summary>
    /// <returns>Disposed when it ends; null where it holds as many as it may.</returns>
    public IDisposable? Hold(string token)
    {
        var lease = _streams.AttemptAcquire(token);
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
}
