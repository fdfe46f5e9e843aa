// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.VaultClient;

namespace Weir.EndToEnd.Support;

/// <summary>Everybody who may ask a vault, in one user; and a collector's key, for a vault that is configured to know
/// it.</summary>
internal sealed class VaultCallers : IDisposable
{
    private static readonly ConcurrentDictionary<ScopeId, ScopeOrder> Orders = [];

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PeerClient _peer;

    public VaultCallers(string socket)
    {
        _peer = new PeerClient(
            VaultAddress.Options(socket), TimeProvider.System, _services.GetRequiredService<IMeterFactory>(),
            NullLoggerFactory.Instance);
        Desk = new DeskVaultClient(_peer, new NoChain(), scope => Orders.GetValueOrDefault(scope));
        (Collector, Operator) = (new CollectorVaultClient(_peer), new OperatorVaultClient(_peer));
    }

    /// <summary>Signs what tests say that a collector saw.</summary>
    public static SigningKey EventKey { get; } = SigningKey.Create();

    /// <summary>The section that lets a vault believe it.</summary>
    public static string Section => $"  event-keys: [{{name: edge-1, key: \"{EventKey.Public}\"}}]";

    public DeskVaultClient Desk { get; }

    public CollectorVaultClient Collector { get; }

    public OperatorVaultClient Operator { get; }

    /// <summary>An order that the desk sends along from now on.</summary>
    public ScopeOrder Give(ScopeOrder order) => Orders[order.Id] = order;

    public void Dispose()
    {
        _peer.Dispose();
        _services.Dispose();
    }

    private sealed class NoChain : IAuditLog
    {
        public Task<AuditReceipt> AppendAsync(AuditEntry entry, CancellationToken cancel) =>
            Task.FromResult(default(AuditReceipt));
    }
}
