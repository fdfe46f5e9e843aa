// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Networks;
using Weir.Vault.Consenting;
using Weir.Vault.Disclosing;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;
using Weir.Vault.Sealing;

namespace Weir.Vault.Subjects;

/// <summary>Puts the customers' own view into a host.</summary>
internal static class SubjectsRegistration
{
    public static IServiceCollection AddSubjects(this IServiceCollection services, ISubjectRecords records)
    {
        return services
            .AddSingleton(provider => new SubjectDependencies(
                provider.GetRequiredService<CaseSealStore>(), provider.GetRequiredService<DisclosureLedger>(),
                provider.GetRequiredService<ConsentDependencies>(), provider.GetRequiredService<EpochKeys>(),
                provider.GetRequiredService<IIdentity>(), provider.GetRequiredService<NetworkTable>())
            {
                Records = records,
            })
            .AddSingleton<SubjectAccessReporter>()
            .AddSingleton<SubjectGate>();
    }
}
