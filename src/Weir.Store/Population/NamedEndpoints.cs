// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Population;

namespace Weir.Store.Population;

/// <summary>Nobody chooses an endpoint to be counted: it is on a list in force, or a comparison found it, as every
/// promoted one was. Whether anybody met it has no part in that.</summary>
/// <param name="reports">Who answers.</param>
/// <param name="isNamed">Whether an endpoint may be asked about.</param>
public sealed class NamedEndpoints(IPopulationReports reports, Func<Endpoint, bool> isNamed) : IPopulationReports
{
    /// <inheritdoc/>
    public Task<PopulationOutcome> QueryAsync(
        string name, string? group, string? window, Endpoint? endpoint, CancellationToken cancel) =>
        endpoint is { } asked && !isNamed(asked)
            ? Task.FromResult(new PopulationOutcome(null, PopulationRefusal.EndpointNotListed,
                $"{asked} is on no list in force and no comparison found it: how many met an endpoint of one's choice "
                    + "is not told (rules.md R11)"))
            : reports.QueryAsync(name, group, window, endpoint, cancel);
}
