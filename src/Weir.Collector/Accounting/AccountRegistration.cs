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
            Measure(provider.GetRequiredService<IMeterFactory>().Create("Weir.Account"), account);
            return new AccountEnd(account, provider.GetRequiredService<Pipeline>());
        });

    private static void Measure(Meter meter, Account account)
    {
        meter.CreateObservableGauge(
            "weir.account.generation", () => account.Generation, null,
            "Runs of this collector that its counts go over, this one among them.");
        meter.CreateObservableCounter(
            "weir.account.counts", () => account.Counts, "{count}",
            "Counts that were made durable, over all runs.");
        meter.CreateObservableGauge(
            "weir.account.uncounted_flows", () => account.AtRisk, "{flow}",
            "Flows read that are in no durable count yet: what a kill would cost now.");
        meter.CreateObservableCounter<long>(
            "weir.account.flows", () => Flows(account.Totals), "{flow}",
            "Flows over all runs, by what became of them; they go on from the last durable count. digested: in segments; "
                + "other: foreign, internal, spoofed, excluded, unattributed, outside the window or told twice; kept: in "
                + "segments that a killed run held beyond its count, and among those missing.");
        meter.CreateObservableGauge<long>(
            "weir.account.missing", () => Missing(account.Totals), null,
            "What exporters' sequence numbers miss over all runs: records (v5, IPFIX) or messages (v9, sFlow), on the way, "
                + "in memory at a kill, or sent while nobody listened.");
        meter.CreateObservableCounter(
            "weir.account.lost_windows", () => account.Totals.Windows, "{window}",
            "Contact windows that were in memory when runs of this collector were killed: they are not rebuilt.");
    }

    private static Measurement<long>[] Flows(AccountTotals totals) =>
    [
        new(totals.Digested, new KeyValuePair<string, object?>("fate", "digested")),
        new(totals.Other, new KeyValuePair<string, object?>("fate", "other")),
        new(totals.Kept, new KeyValuePair<string, object?>("fate", "kept")),
    ];

    private static Measurement<long>[] Missing(AccountTotals totals) =>
    [
        new(totals.MissingRecords, new KeyValuePair<string, object?>("unit", "records")),
        new(totals.MissingMessages, new KeyValuePair<string, object?>("unit", "messages")),
    ];

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
