// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Desk.Cases;
using Weir.Desk.Lists;
using Weir.Hosting.Health;

namespace Weir.Desk.Oversight;

/// <summary>Puts what the officer is told of into a host.</summary>
internal static class OversightRegistration
{
    public static IServiceCollection AddOversight(this IServiceCollection services) => services
        .AddSingleton(provider => new OversightBook(
            provider.GetRequiredService<CaseHandler>(), provider.GetRequiredService<ListSet>(),
            provider.GetRequiredService<HealthRegistry>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IAlarmSource>(provider => provider.GetRequiredService<OversightBook>());
}
