// SPDX-License-Identifier: Apache-2.0
//
// The collector's tie to its vault. A vault that is down at the start, or goes down, ends nothing: the keys in memory
// stay in use for their time, what they do not cover is counted as unattributed, and everything goes on by itself when
// the vault answers.
using Weir.Cli.Api;
using Weir.Cli.Web;
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>Keys and leases from the vault, kept fresh. The constructor is inert.</summary>
/// <param name="peer">The vault; disposed with this.</param>
/// <param name="named">False in the lab profile: subjects stay in clear and no key is asked for.</param>
/// <param name="leased">Whether some network's addresses change hands.</param>
/// <param name="time">The clock.</param>
/// <param name="logs">Where its going and coming is told.</param>
internal sealed class VaultLink(VaultPeer peer, bool named, bool leased, TimeProvider time, ILoggerFactory logs)
    : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pings = TimeSpan.FromSeconds(5);

    private string _down = "";
    private long _pingedAt = time.GetTimestamp();

    public CachedEpochKeys? Keys { get; private set; }

    public CurrentIntakeTable? Intake { get; private set; }

    private IntakeFeed? Feed { get; set; }

    /// <summary>Asks once. A vault that does not answer is told, not waited for.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        Keys = named ? new CachedEpochKeys(peer.KeysAsync, time, logs.CreateLogger<CachedEpochKeys>()) : null;
        Intake = leased ? new CurrentIntakeTable() : null;
        Feed = Intake is null ? null : new IntakeFeed(new CollectorVaultClient(peer.Client), Intake, time);
        await RefreshAsync(cancel);
    }

    /// <summary>Asks every second: what is held already costs no question.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Pace, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            await RefreshAsync(cancel);
            if (time.GetElapsedTime(_pingedAt) >= Pings)
            {
                _pingedAt = time.GetTimestamp();
                await PingAsync(cancel);
            }
        }
    }

    public ComponentHealth Look() =>
        Keys is { Fault.Length: > 0 } keys
            ? ComponentHealth.Degraded($"flows of epochs without a key count as unattributed: {keys.Fault}")
        : Feed is { Fault.Length: > 0 } feed
            ? ComponentHealth.Degraded($"flows of new leases count as unattributed: {feed.Fault}")
        : Volatile.Read(ref _down) is { Length: > 0 } down ? ComponentHealth.Degraded(
            $"collection goes on with the keys in memory; no case is sealed or disclosed: {down}")
        : ComponentHealth.Ok;

    /// <summary>The vault for whoever does cases.</summary>
    /// <param name="audit">The desk's chain.</param>
    /// <param name="orders">Orders of scopes.</param>
    public DeskVaultClient ForDesk(IAuditLog audit, Func<ScopeId, ScopeOrder?> orders) =>
        new(peer.Client, audit, orders);

    /// <summary>The vault as a collector sees it.</summary>
    public CollectorVaultClient ForCollector() => new(peer.Client);

    public void Dispose() => peer.Dispose();

    private async Task PingAsync(CancellationToken cancel)
    {
        try
        {
            _ = await new OperatorVaultClient(peer.Client).StatusAsync(cancel);
            Volatile.Write(ref _down, "");
        }
        catch (Exception failure) when (failure is VaultDownException or VaultRefusedException)
        {
            Volatile.Write(ref _down, failure.Message);
        }
    }

    private async Task RefreshAsync(CancellationToken cancel)
    {
        if (Keys is not null)
        {
            await Keys.RefreshAsync(cancel);
        }

        if (Feed is not null)
        {
            await Feed.RefreshAsync(cancel);
        }
    }
}
