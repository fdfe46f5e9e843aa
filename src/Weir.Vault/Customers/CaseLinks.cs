// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;

namespace Weir.Vault.Customers;

/// <summary>Makes the links to a case's page; whoever holds one sees that page alone.</summary>
internal interface ICaseLinks
{
    /// <summary>The address of the page of a case, signed, from now on; empty where no page is served.</summary>
    string Create(CaseId id);
}

/// <summary>Links to the customer's page under its public address. None lives longer than the key it is signed
/// under is accepted.</summary>
/// <param name="signer">Signs them.</param>
/// <param name="options">Where customers reach the page, and how long a link lives.</param>
/// <param name="time">Tells now.</param>
internal sealed class CaseLinks(LinkSigner signer, CustomerPageOptions options, TimeProvider time) : ICaseLinks
{
    /// <summary>The part of the address before the link's own.</summary>
    public const string Path = "/c/";

    public string Create(CaseId id)
    {
        var life = options.LinkLife < options.KeyLife ? options.LinkLife : options.KeyLife;
        return options.Public!.AbsoluteUri.TrimEnd('/') + Path + signer.Sign(id, time.GetUtcNow() + life);
    }
}

/// <summary>No page is served.</summary>
internal sealed class NoCaseLinks : ICaseLinks
{
    public string Create(CaseId id) => "";
}
