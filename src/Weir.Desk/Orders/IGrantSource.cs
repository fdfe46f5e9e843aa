// SPDX-License-Identifier: Apache-2.0
//
// Where scopes that no event opens get their grounds: the vault looks for itself and signs, or refuses. The desk asks
// for what it may not make.
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;

namespace Weir.Desk.Orders;

/// <summary>Gives grants that the vault signed. Safe for any thread.</summary>
public interface IGrantSource
{
    /// <summary>The vault's word of a complaint, a consent or a new name.</summary>
    /// <param name="wanted">What it should say; the vault signs it, or nothing.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault does not answer.</exception>
    /// <exception cref="Weir.Contracts.Clients.VaultRefusedException">The vault does not say so.</exception>
    Task<Envelope> GrantAsync(Grant wanted, CancellationToken cancel);
}

/// <summary>Grants of the lab, where nobody is behind an address: signed on the spot with a key the desk itself
/// holds.</summary>
/// <param name="key">Known to the rings of the lab as a vault's.</param>
public sealed class LabGrantSource(SigningKey key) : IGrantSource
{
    public Task<Envelope> GrantAsync(Grant wanted, CancellationToken cancel) =>
        Task.FromResult(GrantDocument.Sign(wanted, key));
}
