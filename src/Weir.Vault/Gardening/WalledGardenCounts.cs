// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Gardening.Radius;

namespace Weir.Vault.Gardening;

/// <summary>What became of orders: asked = done + again + failed + refused. Safe for any thread.</summary>
internal sealed class WalledGardenCounts
{
    private long _asked;
    private long _done;
    private long _again;
    private long _failed;
    private long _refused;
    private long _reapplied;
    private long _sent;
    private long _forged;

    public long Asked => Interlocked.Read(ref _asked);

    public long Done => Interlocked.Read(ref _done);

    /// <summary>Asked again when it was done already; nothing was sent.</summary>
    public long Again => Interlocked.Read(ref _again);

    /// <summary>The access system said no, or nothing.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Sessions that began while their line stood in a garden, and were put there.</summary>
    public long Reapplied => Interlocked.Read(ref _reapplied);

    /// <summary>RADIUS requests, each time they were sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>RADIUS packets that were no answer to a request of ours, or wrongly signed.</summary>
    public long Forged => Interlocked.Read(ref _forged);

    public void CountRequest() => Interlocked.Increment(ref _asked);

    public void End(bool isDone) => Interlocked.Increment(ref isDone ? ref _done : ref _failed);

    public void Repeat() => Interlocked.Increment(ref _again);

    public void Refuse() => Interlocked.Increment(ref _refused);

    public void Reapply() => Interlocked.Increment(ref _reapplied);

    public void Add(CoaResult exchange)
    {
        Interlocked.Add(ref _sent, exchange.Sent);
        Interlocked.Add(ref _forged, exchange.Forged);
    }
}
