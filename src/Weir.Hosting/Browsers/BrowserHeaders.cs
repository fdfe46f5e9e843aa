// SPDX-License-Identifier: Apache-2.0
//
// Headers of every answer of a page with a script: nobody frames it, nobody else reads it, nothing of it is kept. What
// a page may fetch and ask for is its own policy.
//
// Standards: Content Security Policy Level 3; Permissions Policy; Fetch Metadata; RFC 9111.
using Microsoft.AspNetCore.Http;

namespace Weir.Hosting.Browsers;

/// <summary>Sets them.</summary>
public static class BrowserHeaders
{
    /// <param name="headers">Of the answer.</param>
    /// <param name="policy">Content-Security-Policy.</param>
    /// <param name="permissions">Permissions-Policy.</param>
    /// <param name="isSecure">Whether browsers come over TLS: then never again without.</param>
    public static void Set(IHeaderDictionary headers, string policy, string permissions, bool isSecure)
    {
        ArgumentNullException.ThrowIfNull(headers);
        headers.ContentSecurityPolicy = policy;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";

        // Not no-referrer: with it a browser sends no origin with our own forms and requests (Fetch 3.2).
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = permissions;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Embedder-Policy"] = "require-corp";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Origin-Agent-Cluster"] = "?1";
        headers["X-Robots-Tag"] = "noindex, nofollow";
        if (isSecure)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }
    }
}
