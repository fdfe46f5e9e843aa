// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Desk.Cases;
using Weir.Desk.Collectors;
using Weir.Desk.Lists;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Running;

namespace Weir.Desk.Oversight;

/// <summary>Puts what the officer is told of into a host.</summary>
internal static class OversightRegistration
{
    /// <param name="services">The host's parts.</param>
    /// <param name="peers">Other processes with a record.</param>
    public static IServiceCollection AddOversight(
        this IServiceCollection services, IReadOnlyList<PeerClient> peers) => services
        .AddSingleton(provider => new OtherRecords(
            peers, provider.GetRequiredService<IAuditLog>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<CollectorRecords>()))
        .AddRecurring(
            "other-records", OtherRecords.Period, provider => provider.GetRequiredService<OtherRecords>().AskAsync)
        .AddSingleton(provider => new OversightBook(
            provider.GetRequiredService<CaseHandler>(), provider.GetRequiredService<ListSet>(),
            provider.GetRequiredService<HealthRegistry>(), provider.GetRequiredService<OtherRecords>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IAlarmSource>(provider => provider.GetRequiredService<OversightBook>());
}
