// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
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

    [Fact]
    public async Task A_round_that_does_not_end_is_shown_until_it_does()
    {
        var time = new FakeTimeProvider();
        var end = new TaskCompletionSource();
        var rounds = new RecurringWork(
            "part", TimeSpan.FromHours(1), _ => end.Task, time, NullLogger<RecurringWork>.Instance);
        var working = rounds.RunOnceAsync(default);

        time.Advance(RecurringWork.LongestRound);
        Assert.Equal(ComponentHealth.Ok, rounds.Check());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("has not ended for 301 s", rounds.Check().Reason, StringComparison.Ordinal);
        end.SetResult();
        await working;

        Assert.Equal(ComponentHealth.Ok, rounds.Check());
    }

    [Fact]
    public async Task The_same_failure_is_told_once_and_another_anew()
    {
        var told = new ToldLines();
        var (round, reasons) = (0, (string[])["gone", "gone", "full", "gone"]);
        var rounds = new RecurringWork(
            "part", TimeSpan.FromHours(1), _ => throw new IOException(reasons[round]), TimeProvider.System, told);
        for (; round < reasons.Length; round++)
        {
            await rounds.RunOnceAsync(default);
        }

        Assert.Equal(
            ["gone", "full", "gone"], told.Lines.Select(line => line[(line.LastIndexOf(' ') + 1)..]));
    }

    private sealed class ToldLines : ILogger<RecurringWork>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
