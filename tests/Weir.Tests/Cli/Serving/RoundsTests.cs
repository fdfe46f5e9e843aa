// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Serving;
using Weir.Cli.Web;
using Weir.Collector.Collecting;
using Weir.Hosting.Health;

namespace Weir.Tests.Cli.Serving;

public sealed class RoundsTests
{
    private static Rounds Round(Func<CancellationToken, Task> work) =>
        new("part", TimeSpan.FromHours(1), work, TimeProvider.System, NullLogger<Rounds>.Instance);

    [Fact]
    public async Task A_failure_is_shown_until_a_round_succeeds()
    {
        var fails = true;
        var rounds = Round(_ => fails ? throw new IOException("the disk is gone") : Task.CompletedTask);

        await rounds.DoAsync(default);
        Assert.Equal(ComponentHealth.Degraded("the disk is gone"), rounds.Look());
        fails = false;
        await rounds.DoAsync(default);

        Assert.Equal(ComponentHealth.Ok, rounds.Look());
    }

    [Fact]
    public async Task Being_told_to_stop_is_no_failure()
    {
        using var stop = new CancellationTokenSource();
        var rounds = Round(cancel => Task.Delay(Timeout.Infinite, cancel));
        var working = rounds.DoAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);
        Assert.Equal(ComponentHealth.Ok, rounds.Look());
    }

    [Fact]
    public async Task The_intake_rests_while_the_disk_is_full_and_goes_on_by_itself()
    {
        var gate = new IntakeGate();
        gate.Close("another reason");
        var full = true;
        var disk = new DiskGate(gate, () => full, "/spool");

        await disk.LookAsync(default);
        await disk.LookAsync(default);
        Assert.Equal(2, gate.Reasons.Count);
        Assert.Contains("the disk of /spool is full", gate.Reasons[1], StringComparison.Ordinal);
        full = false;
        await disk.LookAsync(default);

        Assert.Equal(["another reason"], gate.Reasons);
    }
}
