// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;

namespace Weir.Hosting.Browsers;

/// <summary>Whether a request is for this listener, and whether it was sent by one of its own pages.</summary>
/// <param name="address">Where browsers reach it.</param>
internal sealed class BrowserOrigin(Uri address)
{
    /// <summary>As browsers write it: scheme, host, and the port where it is not the scheme's own.</summary>
    public string Name { get; } = address.GetLeftPart(UriPartial.Authority);

    /// <summary>The host alone: what passkeys are made for.</summary>
    public string Host => address.Host;

    /// <summary>Whether browsers come over TLS, here or at a front.</summary>
    public bool IsSecure => address.Scheme == Uri.UriSchemeHttps;

    /// <summary>The host it is asked for by is its own: a name that others made point here is not (DNS
    /// rebinding).</summary>
    public bool IsOurs(HttpRequest request) =>
        string.Equals(request.Host.Value, address.Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a person asked for an address here, or typed it; no other site, and no browser that fetches
    /// ahead.
    /// </summary>
    public static bool IsOwnLook(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "same-origin" or "none"
        && !request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase);

    /// <summary>A browser says where a form comes from, in one of two headers at least; one that says neither is
    /// none of ours.</summary>
    public bool IsOwnForm(HttpRequest request)
    {
        var (site, origin) = (request.Headers["Sec-Fetch-Site"].ToString(), request.Headers.Origin.ToString());
        return (site.Length == 0 || site == "same-origin") && (origin.Length == 0 || origin == Name)
            && (site.Length > 0 || origin.Length > 0);
    }
}
