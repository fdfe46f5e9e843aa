// SPDX-License-Identifier: Apache-2.0
//
// The collector's tie to its vault: keys of epochs and leases, and nothing else it could ask. A vault that is down at
// the start, or goes down, ends nothing: what is in memory stays in use for its time, what it does not cover is counted
// as unattributed, and everything goes on by itself when the vault answers.
using Weir.Collector.Keys;
using Weir.Contracts.Networks;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.Processes;

/// <summary>Keys and leases from the vault. The constructor is inert.</summary>
internal sealed class CollectorVaultKeys : ICollectorKeys
{
    private readonly CachedEpochKeys? _keys;
    private readonly IntakeFeed? _feed;

    /// <param name="vault">The vault's client; not disposed here.</param>
    /// <param name="isNamed">False in the lab profile: subjects stay in clear and no key is asked for.</param>
    /// <param name="isLeased">Whether some network's addresses change hands.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where its going and coming is told.</param>
    public CollectorVaultKeys(
        CollectorVaultClient vault, bool isNamed, bool isLeased, TimeProvider time, ILoggerFactory logs)
    {
        // The draw of the control cohort is the store's: its key is not fetched.
        _keys = !isNamed ? null : new CachedEpochKeys(
            async (epoch, cancel) => (await vault.EpochKeyAsync(epoch, cancel), 0UL), time,
            logs.CreateLogger<CachedEpochKeys>());
        Leases = isLeased ? new CurrentIntakeTable() : null;
        _feed = Leases is null ? null : new IntakeFeed(vault, Leases, time);
    }

    public IEpochKeySource? Epochs => _keys;

    public CurrentIntakeTable? Leases { get; }

    public string Fault => _keys is { Fault.Length: > 0 } keys ? keys.Fault : _feed?.Fault ?? "";

    public async Task RefreshAsync(CancellationToken cancel)
    {
        if (_keys is not null)
        {
            await _keys.RefreshAsync(cancel);
        }

        if (_feed is not null)
        {
            await _feed.RefreshAsync(cancel);
        }
    }
}
