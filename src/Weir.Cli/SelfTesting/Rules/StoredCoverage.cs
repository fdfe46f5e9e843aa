// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Desk.Remediation;
using Weir.Store.Coverage;
using Weir.Store.Engine;
using Weir.Wire;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>What was heard of exporters, out of the store itself.</summary>
internal sealed class StoredCoverage(FlowStore store) : ICoverageSource
{
    public Task<CoverageReply> ReadAsync(
        DateTimeOffset from, DateTimeOffset until, IReadOnlyCollection<string> exporters, CancellationToken cancel) =>
        new CoverageTable(store.Client).AnswerAsync(
            from.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds(), [.. exporters.Select(IpKey.Parse)], cancel);
}
