// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Links;

/// <summary>Links to the customer's page under its public address. None lives longer than the key it is signed
/// under is accepted.</summary>
/// <param name="signer">Signs them.</param>
/// <param name="address">Where customers reach the page.</param>
/// <param name="longest">The longest life of a link.</param>
/// <param name="time">Tells now.</param>
public sealed class CaseLinks(LinkSigner signer, Uri address, TimeSpan longest, TimeProvider time) : ICaseLinks
{
    /// <summary>The part of the address before the link's own.</summary>
    public const string Path = "/c/";

    public string For(CaseId id, DateTimeOffset until)
    {
        var most = time.GetUtcNow() + longest;
        return address.AbsoluteUri.TrimEnd('/') + Path + signer.Sign(id, until < most ? until : most);
    }
}

/// <summary>No page is served.</summary>
public sealed class NoCaseLinks : ICaseLinks
{
    public string For(CaseId id, DateTimeOffset until) => "";
}
