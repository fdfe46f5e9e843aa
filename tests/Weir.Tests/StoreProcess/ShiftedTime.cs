// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.StoreProcess;

/// <summary>The machine's clock at another date: it runs, and timers are real.</summary>
internal sealed class ShiftedTime(DateTimeOffset start) : TimeProvider
{
    private readonly long _began = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(_began);
}
