// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;

namespace Weir.Tests.Blocking;

/// <summary>Says what a test wants of how many use an endpoint, and keeps who was left out.</summary>
internal sealed class FakeCollateralCounts : ICollateralCounts
{
    public int Hit { get; set; } = 3;

    public DateTimeOffset Now { get; set; }

    public IReadOnlyCollection<SubjectKey> LeftOut { get; set; } = [];

    public Task<Collateral> CountAsync(
        MitigationTarget target, IReadOnlyCollection<SubjectKey> inCases, CancellationToken cancel)
    {
        LeftOut = inCases;
        return Task.FromResult(new Collateral(Hit, 100_000, Now));
    }
}
