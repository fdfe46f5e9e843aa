// SPDX-License-Identifier: Apache-2.0
//
// Alerts: their journal, the channels as configured, and what they are fed from. Without a channel nothing is opened
// and nothing is kept.
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Desk.Cases;
using Weir.Desk.Mitigation;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Desk.Alerts;

/// <summary>Where alerts go.</summary>
public sealed record AlertsOptions
{
    /// <summary>Disposed with the process.</summary>
    public ImmutableArray<IAlertChannel> Channels { get; init; } = [];

    public AlertOptions Sending { get; init; } = new();

    /// <summary>File of the journal.</summary>
    public required string Journal { get; init; }
}

/// <summary>Puts alerts into a host.</summary>
internal static class AlertsRegistration
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>Adds who is told; stands before whoever tells.</summary>
    public static IServiceCollection AddAlerts(this IServiceCollection services, AlertsOptions options) =>
        services.AddOpened((provider, cancel) => OpenAsync(provider, options, cancel));

    /// <summary>Adds the rounds that tell; stands behind all that is told of.</summary>
    public static IServiceCollection AddAlertRounds(this IServiceCollection services)
    {
        services.AddLoop("alert-sender", provider => provider.GetRequiredService<AlertPublisher>().RunAsync);
        return services.AddRecurring("alerts", Period, provider =>
        {
            var alerts = provider.GetRequiredService<AlertPublisher>();
            var cases = provider.GetRequiredService<CaseHandler>();
            var blocks = provider.GetRequiredService<MitigationController>();
            var health = provider.GetRequiredService<HealthRegistry>();
            IAlarmSource[] alarms = [.. provider.GetServices<IAlarmSource>()];
            return cancel => alerts.RunOnceAsync(cases, blocks, health, alarms, cancel);
        });
    }

    private static async Task<AlertPublisher> OpenAsync(
        IServiceProvider provider, AlertsOptions options, CancellationToken cancel)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        AlertPublisher alerts;
        if (options.Channels.IsDefaultOrEmpty)
        {
            alerts = new(null, null, time);
        }
        else
        {
            var journal = AlertJournal.Open(options.Journal, time);
            alerts = new(
                journal,
                await AlertSender.OpenAsync(
                    journal, options.Channels, options.Sending, time,
                    provider.GetRequiredService<ILogger<AlertSender>>(), cancel),
                time);
        }

        _ = new AlertMetrics(provider.GetRequiredService<IMeterFactory>(), () => alerts.Sender);
        provider.GetRequiredService<HealthRegistry>().Add("notifying", alerts.Check);
        return alerts;
    }
}
