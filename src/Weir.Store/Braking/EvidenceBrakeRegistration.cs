// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Approvals;
using Weir.Hosting.Braking;
using Weir.Hosting.Releases;

namespace Weir.Store.Braking;

/// <summary>Puts the brake on listed networks into a host.</summary>
internal static class EvidenceBrakeRegistration
{
    /// <param name="services">The host's services.</param>
    /// <param name="file">Where what people decided is kept.</param>
    /// <param name="bound">Lines of a network on a day; <see cref="int.MaxValue"/> for no brake.</param>
    /// <param name="people">Whose keys count.</param>
    public static IServiceCollection AddBraking(
        this IServiceCollection services, string file, int bound, CurrentPeople people) => services
        .AddSingleton(provider => new OrderBrake(
            file, bound, provider.GetRequiredService<TimeProvider>(),
            bound == int.MaxValue ? null : new CountedLines(Path.Combine(Path.GetDirectoryName(file)!, "counted"))))
        .AddSingleton(provider => new EvidenceBrakeGate(
            provider.GetRequiredService<OrderBrake>(), provider.GetRequiredService<ReleaseChain>(), people,
            provider.GetRequiredService<TimeProvider>()));
}
