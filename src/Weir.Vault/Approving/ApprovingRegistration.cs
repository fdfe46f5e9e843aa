// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Approvals;
using Weir.Vault.Keys;

namespace Weir.Vault.Approving;

/// <summary>Puts what two people sign into a host.</summary>
internal static class ApprovingRegistration
{
    public static IServiceCollection AddApproving(
        this IServiceCollection services, CurrentPeople people, ApprovalPageOptions page) => services
        .AddSingleton(people)
        .AddSingleton(page)
        .AddSingleton(provider => new PasskeyCheck(
            page.Origin?.Name,
            new(provider.GetRequiredService<VaultFolder>().At("passkeys/counters.json"))))
        .AddSingleton(provider => new ApprovalLedger(
            provider.GetRequiredService<VaultFolder>().At("approvals"), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<ApprovalDependencies>()
        .AddSingleton<ApprovalJudge>()
        .AddSingleton<ApprovalGate>();
}
