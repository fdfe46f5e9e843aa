// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Clients;

/// <summary>What the vault knows of lines under a check after a clean-up: collectors tell it whether each was
/// active.</summary>
public interface ILineActivity
{
    /// <summary>Whether a line was active in every part of a silence: a boolean alone (worked example 19).</summary>
    /// <param name="id">The case.</param>
    /// <param name="check">Its check.</param>
    /// <param name="from">Begin of the silence, no earlier than the check's.</param>
    /// <param name="until">Its end.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="VaultDownException">The vault does not answer.</exception>
    /// <exception cref="VaultRefusedException">The check does not follow from its grounds.</exception>
    Task<bool> WasActiveAsync(
        CaseId id, ScopeId check, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel);
}
