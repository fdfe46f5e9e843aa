// SPDX-License-Identifier: Apache-2.0
//
// Alerts: their journal, the channels as configured, and what they are fed from. Without a channel nothing is opened
// and nothing is kept.
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Desk.Cases;
using Weir.Desk.Enrichment;
using Weir.Desk.Mitigation;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Desk.Alerts;

/// <summary>Puts alerts into a host.</summary>
internal static class AlertsRegistration
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>Adds who is told; stands before whoever tells.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">The channels, and how they send.</param>
    /// <param name="journal">File of the journal.</param>
    /// <param name="version">The program's version, as channels tell it.</param>
    public static IServiceCollection AddAlerts(
        this IServiceCollection services, AlertOptions options, string journal, string version) =>
        services.AddOpened(async (provider, cancel) =>
        {
            var alerts = await OpenAsync(provider, options, journal, version, cancel);
            _ = new AlertMetrics(provider.GetRequiredService<IMeterFactory>(), () => alerts.Sender);
            provider.GetRequiredService<HealthRegistry>().Add("notifying", alerts.Check);
            return alerts;
        });

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
        IServiceProvider provider, AlertOptions options, string path, string version, CancellationToken cancel)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        if (options.Channels.Count == 0)
        {
            return new(null, null, NetworkOwners.None, time);
        }

        var channels = AlertChannels.Open(options, version, time);
        var journal = AlertJournal.Open(path, time);
        return new(
            journal,
            await AlertSender.OpenAsync(
                journal, channels, options, time, provider.GetRequiredService<ILogger<AlertSender>>(), cancel),
            provider.GetRequiredService<NetworkOwners>(), time);
    }
}
