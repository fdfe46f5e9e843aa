// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Browsers;
using Weir.Hosting.Running;
using Weir.Vault.Approving;

namespace Weir.Vault.ApprovalPages;

/// <summary>Puts the approvals page into the vault's host: last, when all that it shows is there.</summary>
internal static class ApprovalPagesRegistration
{
    public static IServiceCollection AddApprovalPage(this IServiceCollection services, ApprovalPageOptions options) =>
        !options.Enabled ? services : services
            .AddSingleton<PasskeyChallenges>()
            .AddSingleton<ApprovalDeskDependencies>()
            .AddSingleton<ApprovalDesk>()
            .AddSingleton<ApprovalDoor>()
            .AddSingleton<ApprovalPageServer>()
            .AddDeferred(provider => new Serving(provider.GetRequiredService<ApprovalPageServer>()));

    /// <summary>The container disposes the server.</summary>
    private sealed class Serving(ApprovalPageServer server) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => server.StartAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);
    }
}
