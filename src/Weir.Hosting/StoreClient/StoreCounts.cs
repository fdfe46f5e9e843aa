// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Population;
using Weir.Contracts.Protocol;
using Weir.Wire.Native;

namespace Weir.Hosting.StoreClient;

/// <summary>Whom a block would hit, and which listed endpoints were met, in the store's process. Passing failures are
/// a <see cref="StoreException"/>.</summary>
public sealed class StoreCounts(StoreRequests store) : ICollateralCounts
{
    /// <inheritdoc/>
    public async Task<Collateral> CountAsync(
        MitigationTarget target, IReadOnlyCollection<SubjectKey> inCases, CancellationToken cancel)
    {
        var given = await store.AskAsync(
            new(StoreRoutes.Collateral),
            new CollateralAsk("", target.ToString(), [.. inCases.Select(subject => subject.ToString())]),
            (ask, number) => ask with { Number = number },
            (StoreCalls.Json.CollateralAsk, StoreCalls.Json.CollateralReply), cancel);
        return new(given.NonCaseSubjects, given.Subjects, given.CountedAt);
    }

    /// <summary>Listed endpoints that lines exchanged traffic with since a time, and how many as a band.</summary>
    public async Task<IReadOnlyList<SightedRow>> SightedAsync(
        DateTimeOffset since, int k, CancellationToken cancel) =>
        (await store.AskAsync(
            new(StoreRoutes.Sighted), new SightedAsk("", since.ToUnixTimeMilliseconds(), k),
            (ask, number) => ask with { Number = number },
            (StoreCalls.Json.SightedAsk, StoreCalls.Json.SightedEndpoints), cancel)).Endpoints;
}

/// <summary>The fixed reports in the store's process. Passing failures are a <see cref="StoreException"/>.</summary>
/// <param name="store">The store.</param>
/// <param name="listOf">The list in force that names an endpoint; null where none does.</param>
public sealed class StorePopulation(StoreRequests store, Func<Endpoint, string?>? listOf = null) : IPopulationReports
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public async Task<PopulationOutcome> QueryAsync(
        string name, string? group, string? window, Endpoint? endpoint, CancellationToken cancel)
    {
        var given = await store.AskAsync(
            new(StoreRoutes.Population) { Limit = Limit },
            new PopulationAsk(
                "", name, group, window, endpoint?.ToString(), endpoint is { } asked ? listOf?.Invoke(asked) : null),
            (ask, number) => ask with { Number = number },
            (StoreCalls.Json.PopulationAsk, StoreCalls.Json.PopulationReply), cancel);
        PopulationRefusal? refusal = given.Refusal is { } code
            ? PopulationRefusals.TryParse(code, out var known) ? known : PopulationRefusal.Unknown
            : null;
        return given.View is null == (refusal is not null)
            ? new(given.View, refusal, given.Why)
            : throw new StoreException(0, "the store answered neither a report nor a refusal", retryable: false);
    }
}
