// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Desk.Sessions;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Console.Serving;

/// <summary>Opens sessions, whichever way somebody came.</summary>
/// <param name="parts">What the console stands on.</param>
/// <param name="stop">Ends with the console.</param>
internal sealed class SessionOpener(ConsoleDependencies parts, CancellationToken stop)
{
    /// <summary>Opens one and gives the browser its cookie. The browser's session that it takes the place of ends, and
    /// so does the oldest of too many.</summary>
    /// <param name="context">The browser's request.</param>
    /// <param name="user">Who it is.</param>
    /// <param name="way">How they came.</param>
    /// <param name="before">The browser's session, where its cookie does not come with the request.</param>
    /// <exception cref="AuditException">It could not be put on record; no session is open.</exception>
    public async Task OpenAsync(HttpContext context, SignedInUser user, SignInMethod way, ConsoleSession? before = null)
    {
        var sessions = parts.SignIn.Sessions;
        var replaced =
            sessions.Find(context.Request.Cookies[ConsoleCookies.Session] ?? "", isUse: false).Session ?? before;
        if (replaced is not null && sessions.End(replaced))
        {
            await parts.Book.EndedAsync(replaced, "another sign-in of its browser", stop);
        }

        await parts.Book.OpenedAsync(user.Who, way.Word, stop);
        var (session, secret, ended) = sessions.Open(user, way);
        try
        {
            foreach (var oldest in ended)
            {
                await parts.Book.EndedAsync(oldest,
                    FormattableString.Invariant($"more than {ConsoleSessions.MostOfUser}"), stop);
            }
        }
        catch (AuditException)
        {
            _ = sessions.End(session);
            throw;
        }

        ConsoleCookies.Open(context.Response, secret);
    }
}
