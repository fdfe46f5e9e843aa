// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Accounting;
using Weir.Collector.Attributing;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Collecting.Sessions;
using Weir.Collector.Collecting.Sockets;
using Weir.Collector.Decoding;
using Weir.Collector.Detecting;
using Weir.Collector.Digesting;
using Weir.Collector.Events;
using Weir.Collector.Keys;
using Weir.Collector.Owning;
using Weir.Contracts.Events;
using Weir.Contracts.Lists;
using Weir.Contracts.Networks;
using Weir.Hosting.Health;
using Weir.Hosting.Running;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Running;

internal static class PipelineRegistration
{
    /// <summary>Adds the sockets; they open when the host starts, and datagrams wait in them.</summary>
    public static IServiceCollection AddSockets(this IServiceCollection services, UdpOptions options) =>
        services.AddSingleton(provider => Open(options, provider)).AddSingleton(provider => new SessionIntake(
            options.Sessions, provider.GetRequiredService<KnownExporters>(), provider.GetRequiredService<IntakeGate>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));

    /// <summary>Adds lanes and shards.</summary>
    public static IServiceCollection AddPipeline(
        this IServiceCollection services, ICollectorConfiguration settings, NetworkTable networks, FlowsOptions options)
    {
        services.AddSingleton(settings);
        services.AddSingleton(options);
        services.AddSingleton<ProcessFailure>();
        services.AddSingleton<FaultLog>(provider => new FaultLog(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FaultLog>>()));
        services.AddSingleton(provider => Make(provider, settings, networks, options));
        services.AddSingleton(new SubscriberInterfaces(
            PipelineReload.InterfacesOf(settings.Decoding.Exporters),
            PipelineReload.InterfacesOf(settings.Collecting.Exporters)));
        services.AddSingleton(new KnownExporters(options.IsOpen, settings.Collecting.Exporters));
        services.AddSingleton<PipelineRounds>();
        services.AddSingleton<PipelineReload>();
        services.AddHostedService<PipelineRunner>();
        return services.AddSingleton<IHostedService>(provider => new TemplateSaver(
                provider.GetRequiredService<Pipeline>(), Path.GetFullPath(settings.Decoding.TemplateFile),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<TemplateSaver>>()));
    }

    /// <summary>Adds what the shards are told again and again, and at last the intake.</summary>
    public static IServiceCollection AddIntake(this IServiceCollection services, ICollectorConfiguration settings) =>
        services
        .AddRound("flush", settings.Digesting.FlushInterval, rounds => rounds.FlushAsync)
        .AddRound("judging", TimeSpan.FromSeconds(1), rounds => rounds.JudgeAsync)
        .AddRound("evidence", settings.Evidence.FlushInterval, rounds => rounds.FlushEvidenceAsync)
        .AddHostedService(provider =>
        {
            var gate = provider.GetRequiredService<IntakeGate>();
            var pipeline = provider.GetRequiredService<Pipeline>();
            var clocks = new ExporterClockHealth(
                pipeline.Exporters,
                provider.GetRequiredService<TimeProvider>());
            var known = provider.GetRequiredService<KnownExporters>();
            var time = provider.GetRequiredService<TimeProvider>();
            provider.GetRequiredService<HealthRegistry>().Add("exporters", clocks.Read);
            provider.GetRequiredService<HealthRegistry>().Add(
                "unlisted-exporters", () => AdmissionHealth.Read(known, time.GetUtcNow()));
            provider.GetRequiredService<HealthRegistry>().Add(
                "export-streams",
                () => StreamHealth.Read(pipeline.Exporters()));
            provider.GetRequiredService<HealthRegistry>().Add(
                "exporter-bounds", () => BoundsHealth.Read(settings.Decoding, pipeline.Corroborating));
            if (provider.GetRequiredService<SessionIntake>().Credentials is { } credentials)
            {
                provider.GetRequiredService<HealthRegistry>().Add("ipfix-certificate", credentials.Health);
            }

            AdmissionHealth.AddMetrics(provider.GetRequiredService<IMeterFactory>(), known);
            provider.GetRequiredService<HealthRegistry>().Add("intake", () => gate.IsOpen ? ComponentHealth.Ok
                : new ComponentHealth(
                    HealthState.Degraded, "stopped: " + string.Join("; ", gate.Reasons), IsReady: false));
            return ActivatorUtilities.CreateInstance<IntakeRunner>(provider);
        });

    private static IServiceCollection AddRound(
        this IServiceCollection services, string part, TimeSpan period,
        Func<PipelineRounds, Func<CancellationToken, Task>> work) =>
        services.AddSingleton<IHostedService>(provider => new PeriodicWork(
            part, period, work(provider.GetRequiredService<PipelineRounds>()),
            provider.GetRequiredService<ProcessFailure>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PeriodicWork>>()));

    private static Pipeline Make(
        IServiceProvider provider, ICollectorConfiguration settings, NetworkTable networks, FlowsOptions options)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var spool = provider.GetRequiredService<Spool>();
        var keys = provider.GetRequiredService<ICollectorKeys>();
        var events = provider.GetRequiredService<IQualityEventSink>();
        var pipeline = new Pipeline(new PipelineDependencies
        {
            Decoding = settings.Decoding,
            Networks = networks,
            Interfaces = provider.GetRequiredService<SubscriberInterfaces>(),
            Watchlist = provider.GetRequiredService<CurrentWatchlist>(),
            Digesting = settings.Digesting,
            Names = () => keys.Epochs is { } epochs ? EpochPseudonymizer.ByEpoch(epochs) : EpochPseudonymizer.InClear(),
            Keys = keys.Epochs,
            Intake = keys.Leases,
            Digests = spool,
            Sightings = provider.GetRequiredService<Telling>(),
            HasWindowsApart = true,
            AtOnce = certain => events.Handle(CncContactEvents.AtOnce(certain)),
            Detecting = new DetectingDependencies(
                settings.Detecting with { ActiveTimeout = settings.Decoding.ActiveTimeout }, events, time),
            Evidence = new EvidenceDependencies
            {
                Sink = spool,
                Ring = settings.Evidence with { HeardFromMs = time.GetUtcNow().ToUnixTimeMilliseconds() },
                Time = time,
            },
            Window = PipelineRounds.Window(settings.Store, time),
            Forwarding = provider.GetService<ForwardQueues>(),
            Faults = provider.GetRequiredService<FaultLog>(),
            Shards = options.Shards,
            Known = provider.GetRequiredService<KnownExporters>(),
            Corroborating = new()
            {
                After = settings.Collecting.CorroboratedAfter,
                Withholds = !options.IsOpen && settings.Collecting.CorroboratedAfter > TimeSpan.Zero,
            },
            MailRelays = settings.Detecting.MailRelays is { Count: > 0 } relays
                ? new NetworkTable([.. relays.Select(relay => new Network(relay))]) : null,
        });
        foreach (var _ in provider.GetRequiredService<UdpIntake>().Lanes)
        {
            pipeline.AddLane();
        }

        foreach (var lane in provider.GetRequiredService<SessionIntake>().Lanes)
        {
            pipeline.AddLane(lane.Transport);
        }

        return pipeline;
    }

    /// <exception cref="IOException">An address cannot be had; the message names the setting, it and the
    /// fix.</exception>
    private static UdpIntake Open(UdpOptions options, IServiceProvider provider)
    {
        try
        {
            return UdpIntake.Open(
                options, provider.GetRequiredService<IntakeGate>(), provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<UdpIntake>>());
        }
        catch (IOException refused)
        {
            throw new IOException($"collecting.listen: {refused.Message}", refused);
        }
    }
}
