// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.Support;

/// <summary>A clock that a test moves, and sets: what was set is no time that went by.</summary>
internal sealed class SteppedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    /// <summary>How far the clock was set.</summary>
    public TimeSpan Step { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

    public override long GetTimestamp() => base.GetUtcNow().UtcTicks;
}
