// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Collecting;
using Weir.Collector.Detecting;
using Weir.Contracts.Signing;
using Weir.Hosting.Files;
using Weir.Hosting.Health;
using Weir.Hosting.Outboxes;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Events;

internal static class EventsRegistration
{
    /// <summary>Adds the signing of events, their outbox and its way to the desk.</summary>
    public static IServiceCollection AddEvents(
        this IServiceCollection services, EventsOptions options, SigningKey key, OwnKey own, PeerClient desk)
    {
        services.AddSingleton<OwnEvents>();
        services.AddKeyedSingleton(options.Outbox.Name, (_, _) => DiskFolder.Open(options.Folder));
        services.AddSingleton(provider => Outbox.Open(
            Folder(provider, options), options.Outbox, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Outbox>>()));
        services.AddSingleton(provider => new EventDelivery(
            provider.GetRequiredService<Outbox>(), Folder(provider, options), desk, options, own,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => new EventWriter(
            provider.GetRequiredService<Outbox>(), key, provider.GetRequiredService<IntakeGate>(),
            provider.GetRequiredService<OwnEvents>(), options, provider.GetRequiredService<ILogger<EventWriter>>()));
        services.AddSingleton<IQualityEventSink>(provider => provider.GetRequiredService<EventWriter>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<EventDelivery>());
        return services.AddSingleton<IHostedService>(provider =>
        {
            var writer = provider.GetRequiredService<EventWriter>();
            var outbox = provider.GetRequiredService<Outbox>();
            var delivery = provider.GetRequiredService<EventDelivery>();
            var time = provider.GetRequiredService<TimeProvider>();
            _ = new EventsMetrics(
                provider.GetRequiredService<IMeterFactory>(), writer, delivery, outbox, time);
            provider.GetRequiredService<HealthRegistry>().Add(
                "events", () => HealthOf(outbox.State, writer, delivery.KeyFault, options.Outbox, time.GetUtcNow()));
            return writer;
        });
    }

    private static DiskFolder Folder(IServiceProvider provider, EventsOptions options) =>
        provider.GetRequiredKeyedService<DiskFolder>(options.Outbox.Name);

    private static ComponentHealth HealthOf(
        OutboxState state, EventWriter writer, string keyFault, OutboxOptions options, DateTimeOffset now) =>
        writer.Blocked is { Length: > 0 } blocked ? ComponentHealth.Degraded(
            $"the intake stands still: {blocked}{(keyFault.Length > 0 ? $"; {keyFault}" : "")}")
        : keyFault.Length > 0 ? ComponentHealth.Degraded(keyFault)
        : state.Oldest is { } oldest && now - oldest > options.LateAfter ? ComponentHealth.Degraded(
            FormattableString.Invariant(
                $"{state.Waiting} events wait since {oldest:u}: {state.DeliveryFault ?? "the desk is slow"}"))
        : state.Damaged > 0 || state.SetAside > 0 ? ComponentHealth.Degraded(FormattableString.Invariant(
            $"{state.Damaged} events were lost to the disk, {state.SetAside} that the desk does not take lie in ")
            + writer.Folder)
        : ComponentHealth.Ok;
}
