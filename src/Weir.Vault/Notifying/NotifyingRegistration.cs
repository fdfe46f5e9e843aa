// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Vault.Gardening;
using Weir.Vault.Identity.Records;
using Weir.Vault.Keys;
using Weir.Vault.Sealing;
using Weir.Vault.Texts;
using Weir.Wire;

namespace Weir.Vault.Notifying;

/// <summary>Puts the way to customers into a host.</summary>
internal static class NotifyingRegistration
{
    /// <param name="services">The host's parts.</param>
    /// <param name="contacts">File of how customers are reached; null for none.</param>
    /// <param name="notices">How they are told.</param>
    /// <param name="open">How they are told in place of that; null for what the settings say.</param>
    /// <param name="shielded">Networks of lines that are protected, beside those that contacts name.</param>
    public static IServiceCollection AddNotifying(
        this IServiceCollection services, string? contacts, NoticeDeliveryOptions notices,
        Func<SubscriberLineNamer, TextCatalogue, ILoggerFactory, NoticeDeliveryDependencies?>? open,
        IReadOnlyList<Prefix> shielded) => services
        .AddSingleton(provider => new NoticeLedger(provider.GetRequiredService<VaultFolder>().At("notified")))
        .AddSingleton(provider => new NoticeDeliveryComponents(
            provider.GetRequiredService<CaseSealStore>(), provider.GetRequiredService<NoticeLedger>(),
            provider.GetRequiredService<TextCatalogue>(),
            (open ?? ((naming, texts, logs) => NoticeDeliveries.Open(
                contacts, notices, (naming, texts), provider.GetRequiredService<TimeProvider>(), logs)))(
                    provider.GetRequiredService<SubscriberLineNamer>(), provider.GetRequiredService<TextCatalogue>(),
                    provider.GetRequiredService<ILoggerFactory>())))
        .AddSingleton(provider =>
            provider.GetRequiredService<NoticeDeliveryComponents>().Way?.Contacts ?? CustomerContactFile.None)
        .AddSingleton<IProtectedSubjects>(provider => new ProtectedNetworks(
            provider.GetRequiredService<CustomerContactFile>(), shielded,
            provider.GetRequiredService<SubscriberLineNetworks>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new NoticePreviewGate(provider.GetRequiredService<TextCatalogue>(), notices))
        .AddSingleton<NoticeDelivery>()
        .AddSingleton<NoticeGateDependencies>()
        .AddSingleton<NoticeGate>()
        .AddHostedService(provider => new Following(
            provider.GetRequiredService<CustomerContactFile>(), provider.GetRequiredService<NoticeDelivery>()));

    /// <summary>Follows the contacts, and lets a delivery that is under way come to its end.</summary>
    private sealed class Following(CustomerContactFile contacts, NoticeDelivery delivery) : BackgroundService
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            await delivery.SettleAsync(Patience);
            await base.StopAsync(cancellationToken);
        }

        protected override Task ExecuteAsync(CancellationToken stoppingToken) => contacts.RunAsync(stoppingToken);
    }
}
