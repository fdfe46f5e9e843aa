// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Collector.Coverage;

internal static class CoverageRegistration
{
    /// <summary>Adds what was heard of each exporter, minute by minute.</summary>
    public static IServiceCollection AddCoverage(this IServiceCollection services) =>
        services.AddHostedService<CoverageWriter>();
}
