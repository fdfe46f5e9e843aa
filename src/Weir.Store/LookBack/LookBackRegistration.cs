// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Store.LookBack;

/// <summary>Puts looking back into a host.</summary>
internal static class LookBackRegistration
{
    public static IServiceCollection AddLookBack(this IServiceCollection services, LookBackOptions options) =>
        services.AddSingleton(options).AddSingleton<LookBackGate>();
}
