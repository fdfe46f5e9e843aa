// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Health;

namespace Weir.Hosting.Erasing;

/// <summary>Puts the time by which is erased into a host.</summary>
public static class ErasureClockRegistration
{
    private const string FileName = "clock";

    /// <summary>Before everything that erases.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="folder">Finds the process's own folder.</param>
    public static IServiceCollection AddErasureClock(
        this IServiceCollection services, Func<IServiceProvider, string> folder) => services
        .AddSingleton(provider => ErasureClock.Open(
            Path.Combine(folder(provider), FileName), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<HeardTimeGate>()
        .AddSingleton<IHostedService>(provider => new ErasureClockWatch(
            provider.GetRequiredService<ErasureClock>(), provider.GetRequiredService<HealthRegistry>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ErasureClock>>()));
}

/// <summary>Writes the time down at the start, every ten minutes and at the stop, and says what is wrong with the
/// clock.</summary>
internal sealed class ErasureClockWatch(
    ErasureClock clock, HealthRegistry health, TimeProvider time, ILogger<ErasureClock> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    private string _fault = "";
    private bool _isDoubtful;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        health.Add("clock", () => (clock.Doubt, Volatile.Read(ref _fault)) switch
        {
            ({ Length: > 0 } doubt, _) => ComponentHealth.Degraded(doubt),
            (_, { Length: > 0 } fault) => ComponentHealth.Degraded(fault),
            _ => ComponentHealth.Ok,
        });
        Look();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Look();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }

    private void Look()
    {
        var doubt = clock.Doubt;
        if (doubt.Length > 0 && !_isDoubtful)
        {
            log.ClockDoubted(doubt);
        }
        else if (doubt.Length == 0 && _isDoubtful)
        {
            log.ClockBelieved();
        }

        _isDoubtful = doubt.Length > 0;
        try
        {
            clock.Save();
            Volatile.Write(ref _fault, "");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Volatile.Write(ref _fault, $"the time cannot be written down: {refused.Message}; see the disk");
        }
    }
}

/// <summary>Event ids 1060 and 1061.</summary>
internal static partial class ErasureClockLog
{
    [LoggerMessage(EventId = 1060, Level = LogLevel.Error, Message = "{Doubt}")]
    public static partial void ClockDoubted(this ILogger log, string doubt);

    [LoggerMessage(EventId = 1061, Level = LogLevel.Information, Message = "this machine's clock is believed again")]
    public static partial void ClockBelieved(this ILogger log);
}
