// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Population;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;
using Weir.Wire.Native;

namespace Weir.Hosting.StoreClient;

/// <summary>Whom a block would hit, and which listed endpoints were met, in the store's process. Passing failures are
/// a <see cref="StoreException"/>.</summary>
public sealed class StoreCounts(PeerClient store) : ICollateralCounts
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public async Task<Collateral> CountAsync(
        MitigationTarget target, IReadOnlyCollection<SubjectKey> inCases, CancellationToken cancel)
    {
        var given = await store.AskAsync(
            StoreRoutes.Collateral,
            new(RequestNumber.Create(), target.ToString(), [.. inCases.Select(subject => subject.ToString())]),
            StoreCalls.Json.CollateralAsk, StoreCalls.Json.CollateralReply, (Soon, cancel));
        return new(given.NonCaseSubjects, given.Subjects, given.CountedAt);
    }

    /// <summary>Listed endpoints that lines exchanged traffic with since a time, the number of lines as a band.</summary>
    public async Task<IReadOnlyList<SightedRow>> SightedAsync(
        DateTimeOffset since, int k, string number, CancellationToken cancel) =>
        (await store.AskAsync(
            StoreRoutes.Sighted, new(number, since.ToUnixTimeMilliseconds(), k), StoreCalls.Json.SightedAsk,
            StoreCalls.Json.SightedEndpoints, (Soon, cancel))).Endpoints;
}

/// <summary>The fixed reports in the store's process. Passing failures are a <see cref="StoreException"/>.</summary>
public sealed class StorePopulation(PeerClient store) : IPopulationReports
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public Task<PopulationOutcome> QueryAsync(
        string name, string? group, string? window, Endpoint? endpoint, CancellationToken cancel) =>
        QueryAsync(new(RequestNumber.Create(), name, group, window, endpoint?.ToString()), cancel);

    /// <summary>The same under a number that the caller has on its own chain.</summary>
    public async Task<PopulationOutcome> QueryAsync(PopulationAsk ask, CancellationToken cancel)
    {
        var given = await store.AskAsync(
            StoreRoutes.Population, ask, StoreCalls.Json.PopulationAsk, StoreCalls.Json.PopulationReply,
            (Limit, cancel));
        PopulationRefusal? refusal = given.Refusal is { } code
            ? PopulationRefusals.TryParse(code, out var known) ? known : PopulationRefusal.Unknown
            : null;
        return given.View is null == (refusal is not null)
            ? new(given.View, refusal, given.Why)
            : throw new StoreException(0, "the store answered neither a report nor a refusal", retryable: false);
    }
}
