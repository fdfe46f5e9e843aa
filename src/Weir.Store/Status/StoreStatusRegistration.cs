// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Store.Status;

/// <summary>Puts the status into a host.</summary>
internal static class StoreStatusRegistration
{
    public static IServiceCollection AddStatus(this IServiceCollection services) =>
        services.AddSingleton<StatusPage>();
}
