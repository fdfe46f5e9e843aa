// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Vault.Complaints;

/// <summary>Puts the attribution of complaints into a host.</summary>
internal static class VaultComplaintsRegistration
{
    public static IServiceCollection AddComplaints(this IServiceCollection services, ComplaintOptions options) =>
        services.AddSingleton(options).AddSingleton<ComplaintGate>();
}
