// SPDX-License-Identifier: Apache-2.0
using Weir.Collector;

namespace Weir.Tests;

public sealed class LaneBarrierTests
{
    [Fact]
    public async Task Lanes_stand_together_and_go_on_together()
    {
        var barrier = new LaneBarrier();
        var passed = 0;
        using var stop = new CancellationTokenSource();
        var lanes = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    _ = Interlocked.Increment(ref passed);
                    barrier.Pass();
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();

        using (var halt = await barrier.HaltAsync(3, TimeSpan.FromMinutes(1), default))
        {
            var before = Volatile.Read(ref passed);
            Assert.True(halt!.IsWhole);
            Assert.Equal(before, Volatile.Read(ref passed));
        }

        var after = Volatile.Read(ref passed);
        await Support.Until.IsSoAsync(() => Volatile.Read(ref passed) > after + 3, "they go on");
        await stop.CancelAsync();
        await Task.WhenAll(lanes);
    }

    [Fact]
    public async Task Who_does_not_come_is_not_waited_for()
    {
        var barrier = new LaneBarrier();
        Assert.Null(await barrier.HaltAsync(1, TimeSpan.FromMilliseconds(20), default));
        barrier.Pass(); // nobody is asked any more: it does not stand
    }
}
