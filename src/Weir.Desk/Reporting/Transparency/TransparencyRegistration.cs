// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Desk.Policy;
using Weir.Hosting.Running;

namespace Weir.Desk.Reporting.Transparency;

/// <summary>Puts the quarterly report into a host.</summary>
internal static class TransparencyRegistration
{
    public static IServiceCollection AddTransparency(
        this IServiceCollection services, string auditFolder, string reportFolder) => services.AddRecurring(
        "transparency", TransparencyWriter.Period,
        provider => new TransparencyWriter(
            auditFolder, provider.GetRequiredService<PolicyProfile>(), reportFolder,
            provider.GetRequiredService<TimeProvider>()).WriteAsync);
}
