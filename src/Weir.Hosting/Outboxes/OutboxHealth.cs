// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Weir.Hosting.Outboxes;

/// <summary>Unhealthy while nothing can be taken in; degraded while what waits is old.</summary>
public sealed class OutboxHealth(Outbox outbox, TimeProvider time) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = outbox.State;
        var waits = string.Create(CultureInfo.InvariantCulture, $"outbox {outbox.Name}: {state.Waiting} items wait");
        return Task.FromResult(state switch
        {
            { IsFull: true } => HealthCheckResult.Unhealthy(
                $"{waits}, it is full: {state.DeliveryFault ?? "the receiver is slow"}"),
            { DiskFault: { } fault } => HealthCheckResult.Unhealthy(fault),
            { Oldest: { } oldest } when time.GetUtcNow() - oldest > outbox.Options.LateAfter =>
                HealthCheckResult.Degraded(
                    $"{waits} since {oldest:u}: {state.DeliveryFault ?? "the receiver is slow"}"),
            _ => HealthCheckResult.Healthy(waits),
        });
    }
}
