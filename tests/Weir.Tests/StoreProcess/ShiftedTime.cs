// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.StoreProcess;

/// <summary>The machine's clock at another date: it runs, timers are real, and a test sets it.</summary>
internal sealed class ShiftedTime(DateTimeOffset start) : TimeProvider
{
    private readonly long _began = System.GetTimestamp();

    /// <summary>How far the clock was set.</summary>
    public TimeSpan Step { get; set; }

    public override DateTimeOffset GetUtcNow() => start + Step + System.GetElapsedTime(_began);
}
