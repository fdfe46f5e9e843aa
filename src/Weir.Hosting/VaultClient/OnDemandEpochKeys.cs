// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;

namespace Weir.Hosting.VaultClient;

/// <summary>
/// Keys for a run over files: each epoch is asked for when its first flow comes, and the run waits. Flows of an epoch
/// whose key is no more are nobody's; a vault that does not answer ends the run.
/// </summary>
/// <param name="fetch">Gives an epoch's key and its cohort key.</param>
public sealed class OnDemandEpochKeys(
    Func<uint, CancellationToken, Task<(byte[] Key, ulong Cohort)>> fetch) : IEpochKeySource
{
    private readonly ConcurrentDictionary<uint, Lazy<FetchedKey>> _answers = new();

    /// <summary>Epochs under whose keys subjects were named.</summary>
    public IReadOnlyList<uint> Named =>
        [.. _answers.Where(answer => answer.Value.Value.Key is not null).Select(answer => answer.Key).Order()];

    /// <exception cref="VaultDownException">The vault does not answer.</exception>
    /// <exception cref="VaultRefusedException">It does not answer this user.</exception>
    public bool Has(uint epoch) => Query(epoch).Key is not null;

    public byte[] GetKey(uint epoch) => [.. Granted(epoch).Key!];

    public ulong CohortOf(uint epoch) => Granted(epoch).Cohort;

    private FetchedKey Granted(uint epoch) =>
        Query(epoch) is { Key: not null } answer ? answer : throw new EpochKeyException(Query(epoch).Why);

    private FetchedKey Query(uint epoch) =>
        _answers.GetOrAdd(epoch, static (asked, from) => new Lazy<FetchedKey>(() => Fetch(from, asked)), fetch).Value;

    private static FetchedKey Fetch(
        Func<uint, CancellationToken, Task<(byte[] Key, ulong Cohort)>> fetch, uint epoch)
    {
        try
        {
            var (key, cohort) = fetch(epoch, CancellationToken.None).GetAwaiter().GetResult();
            return new(key, cohort, "");
        }
        catch (EpochKeyException gone)
        {
            return new(null, 0, gone.Message);
        }
    }

    private sealed record FetchedKey(byte[]? Key, ulong Cohort, string Why);
}
