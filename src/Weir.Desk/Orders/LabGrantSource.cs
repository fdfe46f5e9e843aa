// SPDX-License-Identifier: Apache-2.0
//
// Where scopes that no event opens get their grounds in the lab. Elsewhere the vault looks for itself and signs, or
// refuses.
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;

namespace Weir.Desk.Orders;

/// <summary>Grants of the lab, where nobody is behind an address: signed on the spot with a key the desk itself
/// holds.</summary>
/// <param name="key">Known to the rings of the lab as a vault's.</param>
public sealed class LabGrantSource(SigningKey key) : IGrantSource
{
    public Task<Envelope> GrantAsync(Grant wanted, CancellationToken cancel) =>
        Task.FromResult(GrantDocument.Sign(wanted, key));
}
