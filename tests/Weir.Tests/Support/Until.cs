// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Weir.Tests.Support;

/// <summary>Waiting for something that must happen, never for a time in which it ought to have happened. The patience
/// only keeps a broken build from hanging: it is far more than a slow machine needs.</summary>
internal static class Until
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    public static async Task IsSoAsync(
        Func<Task<bool>> isSo, [CallerArgumentExpression(nameof(isSo))] string what = "", TimeSpan pace = default,
        Func<string>? told = null)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(from) < Patience,
                $"not within {Patience.TotalSeconds} s: {what}\n{told?.Invoke()}");
            await Task.Delay(pace > Pace ? pace : Pace);
        }
    }

    public static Task IsSoAsync(Func<bool> isSo, [CallerArgumentExpression(nameof(isSo))] string what = "") =>
        IsSoAsync(() => Task.FromResult(isSo()), what);

    public static void IsSo(Func<bool> isSo, [CallerArgumentExpression(nameof(isSo))] string what = "")
    {
        var from = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(from) < Patience, $"not within {Patience.TotalSeconds} s: {what}");
            Thread.Sleep(1);
        }
    }

    /// <summary>A moment of the clock, such as the end of a lease.</summary>
    public static async Task MomentAsync(DateTimeOffset moment)
    {
        // It may be further away than any patience, and the clock's timers are no patience at all.
        for (var left = Left(); left > TimeSpan.Zero; left = Left())
        {
            await Task.Delay(left < Pace ? Pace : left);
        }

        TimeSpan Left() => moment - TimeProvider.System.GetUtcNow();
    }

    /// <summary>Any moment: when a kill comes is to depend on nothing.</summary>
    public static Task AnyMomentAsync(Random moments, int maxMs) => Task.Delay(moments.Next(0, maxMs));

    /// <summary>The kernel has handed over every datagram that came to a port of this host.</summary>
    public static Task UdpIsReadAsync(int port) => IsSoAsync(() => !File.ReadLines("/proc/net/udp").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(socket => socket[1].EndsWith($":{port:X4}", StringComparison.Ordinal)
            && !socket[4].EndsWith(":00000000", StringComparison.Ordinal)));
}
