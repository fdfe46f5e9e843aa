// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Store.Endpoints;

/// <summary>Puts counts about endpoints into a host.</summary>
internal static class EndpointsRegistration
{
    public static IServiceCollection AddEndpointCounts(this IServiceCollection services, EndpointOptions options) =>
        services.AddSingleton(options).AddSingleton<EndpointGate>();
}
