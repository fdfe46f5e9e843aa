// SPDX-License-Identifier: Apache-2.0
//
// Standards: RFC 6265bis (prefix __Host-: over TLS or to the machine itself, of this host alone, for all of it).
using Microsoft.AspNetCore.Http;
using Weir.Desk.Console.Routing;

namespace Weir.Desk.Console.Serving;

/// <summary>The two cookies of the console: whose browser it is, and how it is to look.</summary>
internal static class ConsoleCookies
{
    public const string Session = "__Host-weir";
    public const string Look = "__Host-weir-look";

    private static readonly TimeSpan LookLife = TimeSpan.FromDays(365);

    public static void Open(HttpResponse response, string secret) =>
        response.Cookies.Append(Session, secret, Options());

    public static void Close(HttpResponse response) =>
        response.Cookies.Delete(Session, Options());

    public static void Keep(HttpResponse response, ConsoleLook look)
    {
        var options = Options();
        options.MaxAge = LookLife;
        response.Cookies.Append(Look, look.ToString(), options);
    }

    private static CookieOptions Options() => new()
    {
        HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true,
    };
}
