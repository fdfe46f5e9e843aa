// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Health;

namespace Weir.Hosting.Running;

/// <summary>Work that is done again and again beside the rest. A failure is told and shown in the process's health, and
/// the next round tries anew: it ends nothing. The same failure again is told once; a round that does not end is shown.
/// </summary>
/// <param name="part">What health and logs call it.</param>
/// <param name="period">From one round to the next.</param>
/// <param name="work">One round.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where a failure is told.</param>
public sealed class RecurringWork(
    string part, TimeSpan period, Func<CancellationToken, Task> work, TimeProvider time, ILogger<RecurringWork> log)
    : BackgroundService
{
    /// <summary>A round that takes longer than this stands.</summary>
    public static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(5);

    private const long Resting = long.MinValue;

    private string _fault = "";
    private long _since = Resting;

    /// <summary>How the latest round went, or that it does not end.</summary>
    public ComponentHealth Check() =>
        Interlocked.Read(ref _since) is not Resting and var since && time.GetElapsedTime(since) is var so
            && so > LongestRound
            ? ComponentHealth.Degraded(string.Create(
                CultureInfo.InvariantCulture,
                $"a round of it has not ended for {so.TotalSeconds:0} s: see the processor's load and the disk, or "
                    + $"restart it"))
            : Volatile.Read(ref _fault) is { Length: > 0 } fault ? ComponentHealth.Degraded(fault)
            : ComponentHealth.Ok;

    /// <summary>One round.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        Interlocked.Exchange(ref _since, time.GetTimestamp());
        try
        {
            await work(cancel);
            Volatile.Write(ref _fault, "");
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            if (Volatile.Read(ref _fault) != failure.Message)
            {
                log.RoundFailed(part, failure.Message);
            }

            Volatile.Write(ref _fault, failure.Message);
        }
        finally
        {
            Interlocked.Exchange(ref _since, Resting);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        do
        {
            await RunOnceAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}

/// <summary>Puts rounds and loops into a host.</summary>
public static class RunningRegistration
{
    /// <summary>Adds a round, at the start and then each period, and its health.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="part">What health and logs call it.</param>
    /// <param name="period">From one round to the next.</param>
    /// <param name="work">Finds the round's work when its turn to start has come.</param>
    public static IServiceCollection AddRecurring(
        this IServiceCollection services, string part, TimeSpan period,
        Func<IServiceProvider, Func<CancellationToken, Task>> work) => services.AddDeferred(provider =>
    {
        var recurring = new RecurringWork(
            part, period, work(provider), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RecurringWork>>());
        provider.GetRequiredService<HealthRegistry>().Add(part, recurring.Check);
        return recurring;
    });

    /// <summary>Adds a loop that the process cannot do without: where it fails, the process stops.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="part">What logs call it.</param>
    /// <param name="loop">Finds the loop when its turn to start has come.</param>
    public static IServiceCollection AddLoop(
        this IServiceCollection services, string part, Func<IServiceProvider, Func<CancellationToken, Task>> loop)
    {
        services.TryAddSingleton<ProcessFailure>();
        return services.AddDeferred(provider => new RunningLoop(
            part, loop(provider), provider.GetRequiredService<ProcessFailure>()));
    }
}

/// <summary>Event ids 1050 and 1051.</summary>
public static partial class RecurringLog
{
    [LoggerMessage(EventId = 1050, Level = LogLevel.Warning, Message = "{Part} failed and is tried again: {Reason}")]
    public static partial void RoundFailed(this ILogger log, string part, string reason);

    [LoggerMessage(EventId = 1051, Level = LogLevel.Error, Message = "{Part} failed, and the process stops: {Reason}")]
    internal static partial void PartFailed(this ILogger log, string part, string reason);
}
