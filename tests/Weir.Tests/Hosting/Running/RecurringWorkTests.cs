// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Tests.Hosting.Running;

public sealed class RecurringWorkTests
{
    private static RecurringWork Work(Func<CancellationToken, Task> work) =>
        new("part", TimeSpan.FromHours(1), work, TimeProvider.System, NullLogger<RecurringWork>.Instance);

    [Fact]
    public async Task A_failure_is_shown_until_a_round_succeeds()
    {
        var fails = true;
        var rounds = Work(_ => fails ? throw new IOException("the disk is gone") : Task.CompletedTask);

        await rounds.RunOnceAsync(default);
        Assert.Equal(ComponentHealth.Degraded("the disk is gone"), rounds.Check());
        fails = false;
        await rounds.RunOnceAsync(default);

        Assert.Equal(ComponentHealth.Ok, rounds.Check());
    }

    [Fact]
    public async Task Being_told_to_stop_is_no_failure()
    {
        using var stop = new CancellationTokenSource();
        var rounds = Work(cancel => Task.Delay(Timeout.Infinite, cancel));
        var working = rounds.RunOnceAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);
        Assert.Equal(ComponentHealth.Ok, rounds.Check());
    }
}
