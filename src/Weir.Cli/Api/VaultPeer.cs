// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.Api;

/// <summary>A connection to the vault for one command, or for as long as a process runs.</summary>
internal sealed class VaultPeer : IDisposable
{
    private readonly ServiceProvider? _own;

    /// <summary>For one command: what it counts and logs goes nowhere.</summary>
    /// <exception cref="OperatorException">Nobody knows whose socket it must be.</exception>
    public VaultPeer(string socket, string? user)
    {
        _own = new ServiceCollection().AddMetrics().AddLogging().BuildServiceProvider();
        Client = Open(
            socket, user, TimeProvider.System, _own.GetRequiredService<IMeterFactory>(),
            _own.GetRequiredService<ILoggerFactory>());
    }

    /// <summary>For a process.</summary>
    /// <exception cref="OperatorException">Nobody knows whose socket it must be.</exception>
    public VaultPeer(string socket, string? user, TimeProvider time, IMeterFactory meters, ILoggerFactory logs) =>
        Client = Open(socket, user, time, meters, logs);

    public PeerClient Client { get; }

    /// <summary>A vault's keys, for who collects and compares in one.</summary>
    public async Task<(byte[] Key, ulong Cohort)> KeysAsync(uint epoch, CancellationToken cancel) => (
        await new CollectorVaultClient(Client).EpochKeyAsync(epoch, cancel),
        await new StoreVaultClient(Client).CohortKeyAsync(epoch, cancel));

    public void Dispose()
    {
        Client.Dispose();
        _own?.Dispose();
    }

    private static PeerClient Open(
        string socket, string? user, TimeProvider time, IMeterFactory meters, ILoggerFactory logs)
    {
        try
        {
            return new PeerClient(VaultAddress.Options(socket, user), time, meters, logs);
        }
        catch (InvalidDataException refused)
        {
            throw new OperatorException(refused.Message);
        }
    }
}
