// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Vault.Chain;

namespace Weir.Vault.Sealing;

/// <summary>What restricts a line, and must let it go before the key of its case goes: nobody could do it
/// afterwards.</summary>
internal interface ICaseEnding
{
    /// <exception cref="IOException">It cannot now: the key must stay until it can.</exception>
    Task ReleaseAsync(CaseId id, Asker asker, CancellationToken cancel);
}
