// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Vault.Sealing;

namespace Weir.Vault.Remediation;

/// <summary>Puts what is known of lines under a check into a host.</summary>
internal static class VaultRemediationRegistration
{
    public static IServiceCollection AddRemediation(this IServiceCollection services) => services
        .AddSingleton<LineActivities>()
        .AddSingleton<ICaseEnding>(provider => provider.GetRequiredService<LineActivities>())
        .AddSingleton<LineActivityGate>();
}
