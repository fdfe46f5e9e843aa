// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Console.Words;
using Weir.Desk.Sessions;

namespace Weir.Desk.Console.Routing;

/// <summary>A request as a page sees it: who asks, the API as that person, what was sent, in which words to answer.
/// </summary>
/// <param name="http">The request.</param>
/// <param name="reader">Who asks.</param>
/// <param name="form">The body of a form; empty for a GET.</param>
internal sealed class ConsoleCall(HttpContext http, ConsoleReader reader, IFormCollection form)
{
    public Actor Actor => reader.Actor;

    public ConsoleSession Session => reader.Session;

    public ConsoleWords Words => reader.Words;

    public ConsoleLook Look => reader.Look;

    public ConsoleApi Api => reader.Api;

    /// <summary>When the request came.</summary>
    public DateTimeOffset Now => reader.Now;

    /// <summary>The path, as it was asked for.</summary>
    public string Path => http.Request.Path.Value ?? LocalPath.First;

    /// <summary>Path and query.</summary>
    public string Address => $"{Path}{http.Request.QueryString}";

    /// <summary>Whether it is a page, and no act.</summary>
    public bool IsRead => HttpMethods.IsGet(http.Request.Method);

    /// <summary>A part of the path; empty where there is none of the name.</summary>
    public string Part(string name) => http.Request.RouteValues[name] as string ?? "";

    /// <summary>A parameter; null where it is missing or empty.</summary>
    public string? Query(string name) => http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    /// <summary>All of them, as they were sent.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Parameters => http.Request.Query.SelectMany(one =>
        one.Value.Select(value => KeyValuePair.Create(one.Key, value)));

    /// <summary>Whether the address has a parameter at all.</summary>
    public bool Has(string name) => http.Request.Query.ContainsKey(name);

    /// <summary>A field of the form; empty where there is none.</summary>
    public string Field(string name) => form[name] is [{ } value, ..] ? value.Trim() : "";

    /// <summary>All values of a field that may be sent several times.</summary>
    public IReadOnlyList<string> Fields(string name) => [.. form[name].OfType<string>()];
}

/// <summary>Who reads, and how.</summary>
/// <param name="Actor">With the role of this moment.</param>
/// <param name="Session">Of the browser.</param>
/// <param name="Api">The API as this person.</param>
/// <param name="Words">In the person's language.</param>
/// <param name="Look">As the browser wants it.</param>
/// <param name="Now">When the request came.</param>
internal sealed record ConsoleReader(
    Actor Actor, ConsoleSession Session, ConsoleApi Api, ConsoleWords Words, ConsoleLook Look, DateTimeOffset Now);
