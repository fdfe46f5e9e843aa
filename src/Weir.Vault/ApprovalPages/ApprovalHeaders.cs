// SPDX-License-Identifier: Apache-2.0
//
// Headers of every answer of the approvals page: script and style from here alone, what comes as text never becomes
// script, nobody frames it or keeps it, and passkeys are asked by this page alone.
//
// Standards: Content Security Policy Level 3; Trusted Types; Permissions Policy; W3C Web Authentication Level 3, 5.9.
using Microsoft.AspNetCore.Http;
using Weir.Hosting.Browsers;

namespace Weir.Vault.ApprovalPages;

/// <summary>Sets them.</summary>
internal static class ApprovalHeaders
{
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string Permissions = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        + "microphone=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()";

    /// <param name="headers">Of the answer.</param>
    /// <param name="isSecure">Whether browsers come over TLS: then never again without.</param>
    public static void Set(IHeaderDictionary headers, bool isSecure)
    {
        BrowserHeaders.Set(headers, Policy, Permissions, isSecure);
    }
}
