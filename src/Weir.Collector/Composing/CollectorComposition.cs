// SPDX-License-Identifier: Apache-2.0
//
// The collector process. Datagrams go up this list and events and segments leave at its head: whoever takes stands
// before whoever gives. The host starts in this order and stops in reverse, each within its bound, so that at a stop
// the last datagram taken still finds everybody.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Accounting;
using Weir.Collector.Clocks;
using Weir.Collector.Collecting;
using Weir.Collector.Coverage;
using Weir.Collector.Events;
using Weir.Collector.Forwarding;
using Weir.Collector.Keys;
using Weir.Collector.Lists;
using Weir.Collector.Remediation;
using Weir.Collector.Running;
using Weir.Collector.Scopes;
using Weir.Collector.Segments;
using Weir.Collector.Status;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Outside;
using Weir.Hosting.Disks;
using Weir.Hosting.Erasing;
using Weir.Hosting.Releases;

namespace Weir.Collector.Composing;

/// <summary>Puts the collector process together.</summary>
public static class CollectorComposition
{
    /// <summary>More than all bounds of the components together.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(90);

    /// <summary>Adds the whole process, in the order in which it starts.</summary>
    public static IServiceCollection AddCollector(this IServiceCollection services, CollectorProcessOptions options)
    {
        var networks = options.Networks;
        return services
            .AddSurroundings(options)
            .AddDiskWatch([options.Folder], options.Segments.Spool.Directory)
            .AddErasureClock(_ => options.Folder)
            .AddAudit(options.Auditing)
            .AddKeys(options.Keys, networks)
            .AddLists(options.Lists, options.Desk)
            .AddSegments(options.Segments, options.Store, options.IsLab)
            .AddEvents(options.Events, options.Key, options.OwnKey, options.Desk)
            .AddSockets(options.Settings.Collecting)
            .AddAccount(options.AccountFile, options.Events.StopPatience)
            .AddForwardQueues(options.Forwarding)
            .AddPipeline(options.Settings, networks, options.Flows)
            .AddScopes(options.Scopes, options.Ring, options.Desk)
            .AddRemediation(options.Vault, options.ActivityPeriod)
            .AddCoverage()
            .AddExporterTime(options.Desk, options.Store, options.Vault)
            .AddStatus(options.Name, options.StatusPeriod, options.Desk, options.IsLab)
            .AddRecordCourier(options.Name, options.Auditing.Directory, options.Desk)
            .AddRetention(options)
            .AddForwarding(options.Forwarding)
            .AddIntake(options.Settings);
    }

    /// <summary>Builds a host that is the collector process and nothing else.</summary>
    internal static IHost Build(CollectorProcessOptions options)
    {
        var builder = new HostBuilder();
        builder.UseDefaultServiceProvider(provider =>
            (provider.ValidateOnBuild, provider.ValidateScopes) = (true, true));
        builder.ConfigureServices(services =>
        {
            services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
            services.AddSingleton<IHostLifetime, NoSignals>();
            services.AddCollector(options);
        });
        return builder.Build();
    }

    private static IServiceCollection AddSurroundings(
        this IServiceCollection services, CollectorProcessOptions options)
    {
        services.Replace(ServiceDescriptor.Singleton(options.Logs));
        services.AddSingleton(options.Meters);
        services.AddSingleton(options.Health);
        services.AddSingleton(options.Time);
        return services.AddSingleton<IntakeGate>();
    }

    private static IServiceCollection AddAudit(this IServiceCollection services, AuditOptions options) =>
        services.AddSingleton(provider => FileAuditLog.Open(
                options, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<FileAuditLog>>(), provider.GetRequiredService<ErasureClock>()))
            .AddBoundedAudit()
            .AddHeadsOutside(options.Outside, "collector");

    /// <summary>Signals are the program's business.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
