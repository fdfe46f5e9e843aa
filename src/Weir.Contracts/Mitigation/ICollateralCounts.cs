// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Contracts.Mitigation;

/// <summary>Counts whom a block would hit (rules.md R15); never names them.</summary>
public interface ICollateralCounts
{
    /// <summary>Subjects that sent something to what is blocked within the last day, those of cases left out, and
    /// subjects there are.</summary>
    /// <param name="target">A block by address.</param>
    /// <param name="inCases">Subjects that have a case.</param>
    /// <param name="cancel">Gives up.</param>
    Task<Collateral> CountAsync(
        MitigationTarget target, IReadOnlyCollection<SubjectKey> inCases, CancellationToken cancel);
}
