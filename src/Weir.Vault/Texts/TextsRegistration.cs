// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Weir.Vault.Texts;

/// <summary>Puts what customers are told into a host. A text that is missing stops the start.</summary>
internal static class TextsRegistration
{
    /// <param name="services">The host's services.</param>
    /// <param name="folder">The provider's own texts; null for none.</param>
    public static IServiceCollection AddTexts(this IServiceCollection services, string? folder) => services
        .AddSingleton(_ => TextCatalogue.Read(folder))
        .AddHostedService(provider => new Reading(provider.GetRequiredService<TextCatalogue>()));

    /// <summary>That it is made reads the texts before anything else starts.</summary>
    private sealed class Reading(TextCatalogue catalogue) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) =>
            catalogue.Languages.Count > 0 ? Task.CompletedTask : throw new InvalidDataException("there are no texts");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
