// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Hosting.Blocking;
using Weir.Hosting.Health;

namespace Weir.Desk.Mitigation.Enforcing;

/// <summary>Bring every backend to what should be in force, round after round.</summary>
internal sealed class BlockKeepers(
    IEnumerable<IMitigationBackend> backends, MitigationController blocks, TimeProvider time,
    ILogger<MitigationReconciler> log)
    : IDisposable
{
    /// <summary>One for each backend that is configured.</summary>
    public IReadOnlyList<MitigationReconciler> All { get; } =
        [.. backends.Select(backend => new MitigationReconciler(backend, blocks, time, log))];

    public Task RunAsync(CancellationToken cancel) => Task.WhenAll(All.Select(keeper => keeper.RunAsync(cancel)));

    public ComponentHealth Check() => blocks.Lost is { Length: > 0 } lost
        ? ComponentHealth.Degraded(lost)
        : All.Select(keeper => keeper.Status.HealthOf(keeper.Backend))
            .FirstOrDefault(health => health.State != HealthState.Ok, ComponentHealth.Ok);

    public void Dispose()
    {
        foreach (var keeper in All)
        {
            keeper.Dispose();
        }
    }
}
