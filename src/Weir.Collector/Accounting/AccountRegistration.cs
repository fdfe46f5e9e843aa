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
    /// <param name="patience">How long a stop waits until what was decided is told.</param>
    public static IServiceCollection AddAccount(
        this IServiceCollection services, string path, TimeSpan patience) => services
        .AddSingleton(provider => new Account(
            new AccountFile(path), provider.GetRequiredService<Pipeline>(), provider.GetRequiredService<Spool>(),
            provider.GetRequiredService<Telling>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Account>>()))
        .AddSingleton<Telling>()
        .AddSingleton<IHostedService>(provider =>
        {
            var account = provider.GetRequiredService<Account>();
            _ = new AccountMetrics(provider.GetRequiredService<IMeterFactory>(), account);
            return new AccountEnd(account, provider.GetRequiredService<Pipeline>(), patience);
        });

    /// <summary>That it is made takes up the sequences, before the first datagram. At the stop all is counted and told,
    /// unless the shards could not write out what they held, or there is no room for events: then the next start does
    /// it.</summary>
    private sealed class AccountEnd(Account account, Pipeline pipeline, TimeSpan patience) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (pipeline.Shards.Any(shard => shard.PairsHeld > 0))
            {
                return;
            }

            using var late = new CancellationTokenSource(patience);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            var cancel = either.Token;
            try
            {
                await Task.Run(EndAsync, cancel).WaitAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }

            async Task EndAsync()
            {
                await account.CommitAsync(account.Take(), cancel);
                await account.CommitAsync(null, cancel); // told: no pseudonym of it stays behind
            }
        }
    }
}
