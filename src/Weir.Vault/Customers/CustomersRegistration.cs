// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Running;
using Weir.Vault.Chain;
using Weir.Vault.Keys;
using Weir.Vault.Sealing;
using Weir.Vault.Texts;

namespace Weir.Vault.Customers;

/// <summary>Puts the customer's page and its links into a host.</summary>
internal static class CustomersRegistration
{
    private static readonly TimeSpan KeyPeriod = TimeSpan.FromHours(1);

    /// <summary>Adds links, and what the desk asks about them: before notices, which carry links.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">The page.</param>
    public static IServiceCollection AddCustomers(this IServiceCollection services, CustomerPageOptions options)
    {
        if (!options.Enabled)
        {
            return services.AddSingleton<ICaseLinks, NoCaseLinks>().AddSingleton(provider => new CustomerGate(
                null, provider.GetRequiredService<IAuditLog>(), provider.GetRequiredService<VaultRefusals>()));
        }

        return services
            .AddSingleton(options)
            .AddSingleton(provider => new LinkKeyFiles(
                provider.GetRequiredService<VaultFolder>().At("links"), options.KeyLife,
                provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => new LinkSigner(provider.GetRequiredService<LinkKeyFiles>().Read()))
            .AddSingleton<ICaseLinks, CaseLinks>()
            .AddSingleton<CustomerActStore>()
            .AddSingleton<CustomerNewsQueue>()
            .AddSingleton<CustomerActRecorderDependencies>()
            .AddSingleton<CustomerActRecorder>()
            .AddSingleton<CustomerGateDependencies>()
            .AddSingleton<CustomerGate>()
            .AddSingleton<ICaseEnding, Forgetting>()
            .AddRecurring("links", KeyPeriod, provider => _ =>
            {
                provider.GetRequiredService<LinkSigner>().Use(provider.GetRequiredService<LinkKeyFiles>().Read());
                return Task.CompletedTask;
            });
    }

    /// <summary>Adds the listener: last, when all that a page shows is there.</summary>
    /// <exception cref="InvalidDataException">At the start: a language is offered that has no texts.</exception>
    public static IServiceCollection AddCustomerPage(this IServiceCollection services, CustomerPageOptions options) =>
        !options.Enabled ? services : services
            .AddSingleton<CustomerPagesDependencies>()
            .AddSingleton<CustomerPages>()
            .AddSingleton<PageServer>()
            .AddDeferred(provider =>
            {
                var texts = provider.GetRequiredService<TextCatalogue>();
                if (options.Languages.FirstOrDefault(tag => !texts.Languages.Contains(tag)) is { } missing)
                {
                    throw new InvalidDataException($"selfservice.languages: there are no texts for '{missing}'; write "
                        + $"some of {string.Join(", ", texts.Languages.Order(StringComparer.Ordinal))}");
                }

                var pages = provider.GetRequiredService<CustomerPages>();
                _ = new CustomerPageMetrics(provider.GetRequiredService<IMeterFactory>(), () => pages.Counts);
                return new Serving(provider.GetRequiredService<PageServer>());
            });

    /// <summary>The container disposes the server.</summary>
    private sealed class Serving(PageServer server) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => server.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);
    }

    /// <summary>With a case's key goes what its customer did and the desk has not taken.</summary>
    private sealed class Forgetting(CustomerActStore acts, CustomerNewsQueue news) : ICaseEnding
    {
        public Task ReleaseAsync(CaseId id, Asker asker, CancellationToken cancel)
        {
            acts.Forget(id);
            news.Forget(id);
            return Task.CompletedTask;
        }
    }
}
