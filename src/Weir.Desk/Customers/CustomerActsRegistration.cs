// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Signing;
using Weir.Desk.Cases;
using Weir.Desk.Escalations;
using Weir.Desk.Mitigation;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Desk.Customers;

/// <summary>What the desk does for the customer's page.</summary>
/// <param name="Ring">Keys, the vault's among them.</param>
/// <param name="CheckTime">How long the check lasts that "I fixed it" begins; null = as the policy says.</param>
public sealed record CustomersOptions(PublicKeyRing Ring, TimeSpan? CheckTime);

/// <summary>Puts the desk's side of the customer's page into a host.</summary>
internal static class CustomerActsRegistration
{
    /// <param name="services">The host's services.</param>
    /// <param name="options">Null where the vault serves no page.</param>
    public static IServiceCollection AddCustomerActs(this IServiceCollection services, CustomersOptions? options) =>
        options is null ? services : services.AddDeferred(provider =>
        {
            var (cases, ladders) = (
                provider.GetRequiredService<CaseHandler>(), provider.GetRequiredService<EscalationController>());
            var time = provider.GetRequiredService<TimeProvider>();
            var acts = new CustomerActHandler(
                new(options.Ring, cases, ladders, provider.GetRequiredService<IAuditLog>(), options.CheckTime),
                provider.GetRequiredService<ILogger<CustomerActHandler>>());
            var reader = new CustomerCaseReader(new(
                cases, provider.GetRequiredService<EvidenceHandler>(), ladders,
                new(provider.GetRequiredService<MitigationController>(), ladders.Find, time),
                provider.GetRequiredService<PolicyProfile>()));
            _ = new CustomerActMetrics(provider.GetRequiredService<IMeterFactory>(), () => acts.Counts);
            var pages = provider.GetRequiredService<DeskVault>().Pages ?? throw new InvalidDataException(
                "selfservice.enabled: the page is the vault's, and none is configured; set vault.socket, or take the "
                    + "key out");
            var rounds = new CustomerRounds(
                pages, acts, reader, time, provider.GetRequiredService<ILogger<CustomerRounds>>());
            provider.GetRequiredService<HealthRegistry>().Add("customers", () => rounds.Fault is { Length: > 0 } fault
                ? ComponentHealth.Degraded($"customers' pages and acts wait: {fault}")
                : ComponentHealth.Ok);
            return rounds;
        });
}
