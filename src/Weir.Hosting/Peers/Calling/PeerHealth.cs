// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Weir.Hosting.Peers.Calling;

/// <summary>Unwell while a peer is down. It asks nothing itself: a peer that is not needed is not asked.</summary>
public sealed class PeerHealth(PeerClient client) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = client.State.Status;
        var since = status.Since.ToString("u", CultureInfo.InvariantCulture);
        return Task.FromResult(status.IsUp switch
        {
            true => HealthCheckResult.Healthy($"{client.Name} answers since {since}"),
            false => new(context.Registration.FailureStatus,
                $"{client.Name} is down since {since}: {status.LastFault}"),
            null => HealthCheckResult.Healthy($"{client.Name} was not asked yet"),
        });
    }
}
