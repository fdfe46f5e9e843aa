// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Routing;

/// <summary>What a page gives back.</summary>
internal abstract record ConsoleAnswer
{
    public int Status { get; init; } = StatusCodes.Status200OK;
}

/// <summary>A page, without what stands around each.</summary>
/// <param name="Title">Of the window, and of the page unless it has a heading of its own.</param>
/// <param name="Main">Its content.</param>
internal sealed record PageAnswer(string Title, Markup Main) : ConsoleAnswer
{
    /// <summary>Large, without a way to elsewhere, renewed by itself.</summary>
    public bool IsWall { get; init; }

    /// <summary>Renewed when something changed though each renewal is on record: it waits for one change and then
    /// stops. </summary>
    public bool RenewsItself { get; init; }
}

/// <summary>Go there, with GET.</summary>
/// <param name="To">Below this console; what comes from outside has passed <see cref="LocalPath"/>.</param>
internal sealed record RedirectAnswer(string To) : ConsoleAnswer
{
    /// <summary>What was done, which the next page says once: <c>done.WORD</c>; empty for nothing to say.</summary>
    public string Done { get; init; } = "";
}

/// <summary>How it is to look from now on; back to where that is chosen.</summary>
/// <param name="Theme">As the form said.</param>
/// <param name="Density">As the form said.</param>
/// <param name="Language">As the form said.</param>
internal sealed record LookAnswer(string Theme, string Density, string Language) : ConsoleAnswer;

/// <summary>Events for as long as the session is open.</summary>
/// <param name="Call">The API's stream.</param>
internal sealed record StreamAnswer(LocalCall Call) : ConsoleAnswer;

/// <summary>A table for a program.</summary>
/// <param name="Octets">As they are.</param>
/// <param name="ContentType">Of them.</param>
/// <param name="Name">Under which a browser saves it.</param>
internal sealed record FileAnswer(byte[] Octets, string ContentType, string Name) : ConsoleAnswer
{
    /// <summary>Where the rows are that it has no room for (RFC 8288 <c>next</c>); null where it has all.</summary>
    public string? Next { get; init; }
}
