// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;

namespace Weir.Vault.Customers;

/// <summary>Headers of every answer: nothing runs, nothing is fetched, nothing is kept, nobody frames it, no address of
/// it is told on.</summary>
internal static class SecurityHeaders
{
    public static readonly string Policy =
        $"default-src 'none'; style-src {PageStyle.Hash}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Set(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers["X-Robots-Tag"] = "noindex, nofollow";
        headers.Vary = "Accept-Language";
    }
}
