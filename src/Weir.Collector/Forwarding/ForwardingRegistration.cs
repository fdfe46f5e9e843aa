// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Collector.Accounting;
using Weir.Collector.Owning;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;

namespace Weir.Collector.Forwarding;

internal static class ForwardingRegistration
{
    /// <summary>Adds what waits for other owners; lanes put flows in.</summary>
    public static IServiceCollection AddForwardQueues(this IServiceCollection services, ForwardingOptions? options) =>
        options is null ? services : services.AddSingleton(provider => new ForwardQueues(
            options.Owners, options.Section, provider.GetRequiredService<TimeProvider>()));

    /// <summary>Adds the senders, one for each other owner, and the door for what others send. Behind the pipeline and
    /// what writes its coverage, before the intake: at a stop nothing is heard any more, and what was heard is sent.
    /// </summary>
    public static IServiceCollection AddForwarding(this IServiceCollection services, ForwardingOptions? options)
    {
        if (options is null)
        {
            return services;
        }

        services.AddSingleton(options);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<FlowIntake>(
            provider, provider.GetRequiredService<Pipeline>().Forwarded!));
        foreach (var (name, client) in options.Clients)
        {
            services.AddSingleton<IHostedService>(provider => Sender(provider, name, client));
        }

        services.AddHostedService(provider =>
        {
            var pipeline = provider.GetRequiredService<Pipeline>();
            return new ForwardingFigures(() => new ForwardingMetrics(
                provider.GetRequiredService<IMeterFactory>(), pipeline.Forwarding!, pipeline.Forwarded!,
                provider.GetRequiredService<Account>().LostWaiting));
        });
        return options.Peers is { } peers ? services.AddPeerServer(peers, ForwardingDoor.Map) : services;
    }

    private static FlowSender Sender(IServiceProvider provider, string name, PeerClient client)
    {
        var pipeline = provider.GetRequiredService<Pipeline>();
        var queue = pipeline.Forwarding!.Others.Single(one => one.Owner == name);
        provider.GetRequiredService<HealthRegistry>().Add($"owner-{name}", () => queue.Fault is { Length: > 0 } fault
            ? ComponentHealth.Degraded(string.Create(CultureInfo.InvariantCulture,
                $"flows of networks of collector {name} wait here, {queue.Waiting} of at most {queue.Most}, and are ")
                + $"lost beyond that or after owners.longest-wait: {fault}")
            : ComponentHealth.Ok);
        return ActivatorUtilities.CreateInstance<FlowSender>(provider, queue, client);
    }

    /// <summary>Makes the instruments when the host starts.</summary>
    private sealed class ForwardingFigures(Func<ForwardingMetrics> make) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = make();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
