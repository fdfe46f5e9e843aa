// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Hosting.Auditing.Outside;

/// <summary>Has a process's heads leave its machine.</summary>
public static class OutsideRegistration
{
    /// <summary>Adds it behind the log; nothing where no way out is configured.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="options">Where they go.</param>
    /// <param name="record">Whose: the process's name.</param>
    public static IServiceCollection AddHeadsOutside(
        this IServiceCollection services, OutsideOptions options, string record) =>
        options.Channels.Count == 0 ? services : services.AddLoop("audit-outside", provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var audit = provider.GetRequiredService<FileAuditLog>();
            var pusher = new HeadPusher(
                () => audit.Newest, HeadChannel.Open(options, record, time), time,
                provider.GetRequiredService<ILogger<HeadPusher>>());
            _ = new HeadPusherMetrics(provider.GetRequiredService<IMeterFactory>(), () => pusher.States);
            provider.GetRequiredService<HealthRegistry>().Add("audit-outside", pusher.Check);
            return pusher.RunAsync;
        });
}
