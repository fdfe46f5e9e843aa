// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Accounting;

internal static class AccountRegistration
{
    /// <summary>Adds counts that go on over restarts. Before the pipeline: what it hands over at the stop is counted.
    /// </summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="path">The file of the account.</param>
    public static IServiceCollection AddAccount(this IServiceCollection services, string path) => services
        .AddSingleton(provider => new Account(
            new AccountFile(path), provider.GetRequiredService<Pipeline>(), provider.GetRequiredService<Spool>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Account>>()))
        .AddSingleton<IHostedService>(provider =>
        {
            var account = provider.GetRequiredService<Account>();
            _ = new AccountMetrics(provider.GetRequiredService<IMeterFactory>(), account);
            return new AccountEnd(account, provider.GetRequiredService<Pipeline>());
        });

    /// <summary>That it is made takes up the sequences, before the first datagram. At the stop all is counted, unless
    /// the shards could not write out what they held.</summary>
    private sealed class AccountEnd(Account account, Pipeline pipeline) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            if (!cancellationToken.IsCancellationRequested && pipeline.Shards.All(shard => shard.PairsHeld == 0))
            {
                account.Commit(account.Take());
            }

            return Task.CompletedTask;
        }
    }
}
