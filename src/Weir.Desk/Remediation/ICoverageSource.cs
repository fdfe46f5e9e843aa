// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Hosting.StoreClient;

namespace Weir.Desk.Remediation;

/// <summary>What collectors heard of exporters.</summary>
internal interface ICoverageSource
{
    /// <summary>What is known of a window.</summary>
    /// <param name="from">Begin.</param>
    /// <param name="until">End, exclusive.</param>
    /// <param name="exporters">Which; empty for all heard in it or a day before.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="Weir.Wire.Native.StoreException">The store does not answer now.</exception>
    Task<CoverageReply> ReadAsync(
        DateTimeOffset from, DateTimeOffset until, IReadOnlyCollection<string> exporters, CancellationToken cancel);
}

/// <summary>As the store's process tells it.</summary>
internal sealed class StoreCoverage(StoreReports store) : ICoverageSource
{
    public Task<CoverageReply> ReadAsync(
        DateTimeOffset from, DateTimeOffset until, IReadOnlyCollection<string> exporters, CancellationToken cancel) =>
        store.CoverageAsync(from, until, exporters, cancel);
}
