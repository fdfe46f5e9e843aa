// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Store.Coverage;

/// <summary>Puts what collectors heard of exporters into a host.</summary>
internal static class StoreCoverageRegistration
{
    public static IServiceCollection AddCoverage(this IServiceCollection services) =>
        services.AddSingleton<CoverageGate>();
}
