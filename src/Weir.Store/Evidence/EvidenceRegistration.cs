// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Store.Evidence;

/// <summary>Puts the release of evidence into a host.</summary>
internal static class EvidenceRegistration
{
    public static IServiceCollection AddEvidence(this IServiceCollection services, EvidenceOptions options) =>
        services.AddSingleton(options).AddSingleton<ErasedScopes>().AddSingleton<EvidenceGate>();
}
