// SPDX-License-Identifier: Apache-2.0
//
// Headers of every answer of the console. Script and style come from here alone and never from a page; what a page is
// given as text cannot become script (Trusted Types without a policy); nobody frames it, nobody else reads it, nothing
// of it is kept.
//
// Standards: Content Security Policy Level 3; Trusted Types; Fetch Metadata; RFC 9111.
using Microsoft.AspNetCore.Http;
using Weir.Hosting.Browsers;

namespace Weir.Desk.Console.Serving;

/// <summary>Sets them.</summary>
internal static class ConsoleHeaders
{
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string Permissions =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()";

    /// <param name="headers">Of the answer.</param>
    /// <param name="isSecure">Whether browsers come over TLS: then never again without.</param>
    public static void Set(IHeaderDictionary headers, bool isSecure)
    {
        BrowserHeaders.Set(headers, Policy, Permissions, isSecure);
        headers.Vary = "Cookie, Accept-Language";
    }
}
