// SPDX-License-Identifier: Apache-2.0
//
// The API without a socket, for the console in the same process. A call goes through the same gate to the same handlers
// as one that comes over the socket: role, query, body, record and refusal are decided there and nowhere else. Who asks
// is said by the console, which knows it from its session; the role is asked for at each call.
using Microsoft.AspNetCore.Http;

namespace Weir.Desk.Api.Routing;

/// <summary>Who calls, where a door before the gate knows it: the console's user, or a token's owner. No header of a
/// request sets it.</summary>
/// <param name="User">A user of the operating system.</param>
internal sealed record LocalCaller(string User)
{
    /// <summary>Whether what was opened as this user may go on; null for as long as the role is the same.</summary>
    public Func<bool>? GoesOn { get; init; }

    /// <summary>Whether a token of theirs calls.</summary>
    public bool IsByToken { get; init; }

    /// <summary>Takes one of the streams that may be open as this caller, and gives it back when disposed; its answer
    /// is null where all are taken. Null for as many as there are connections.</summary>
    public Func<IDisposable?>? Hold { get; init; }
}

/// <summary>A call from within.</summary>
/// <param name="Method">Of the route.</param>
/// <param name="Path">Of the route, with its braces.</param>
internal sealed record LocalCall(string Method, string Path)
{
    /// <summary>What stands for the braces.</summary>
    public IReadOnlyDictionary<string, string> Parts { get; init; } = new Dictionary<string, string>();

    /// <summary>Parameters behind the question mark.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Query { get; init; } = [];

    /// <summary>JSON; null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>What was answered.</summary>
/// <param name="Status">As over HTTP.</param>
/// <param name="Octets">JSON: the answer, or a problem.</param>
/// <param name="Tag">The answer's ETag; empty where it has none.</param>
internal sealed record LocalAnswer(int Status, byte[] Octets, string Tag)
{
    public bool IsGiven => Status == StatusCodes.Status200OK;
}

/// <summary>Calls routes. Safe for many callers at once.</summary>
internal sealed class LocalApi
{
    private readonly Dictionary<(string Method, string Path), (ApiRoute Route, RequestDelegate Answer)> _routes;

    public LocalApi(ApiGate gate, ApiRoutes routes) => _routes = routes.All.ToDictionary(
        route => (route.Method, route.Path), route => (route, gate.For(route)));

    /// <summary>Who may call a route.</summary>
    /// <exception cref="ArgumentException">There is no such route: a fault of this program.</exception>
    public RouteRoles RolesOf(string method, string path) => Find(method, path).Route.Roles;

    /// <summary>Carries a call out.</summary>
    public async Task<LocalAnswer> CallAsync(string user, LocalCall call, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        var context = await SendAsync(new(user), call, body, cancel);
        return new(context.Response.StatusCode, body.ToArray(), context.Response.Headers.ETag.ToString());
    }

    /// <summary>Has a stream written for as long as it goes on.</summary>
    public Task StreamAsync(LocalCaller caller, LocalCall call, Stream to, CancellationToken cancel) =>
        SendAsync(caller, call, to, cancel);

    private async Task<DefaultHttpContext> SendAsync(
        LocalCaller caller, LocalCall call, Stream body, CancellationToken cancel)
    {
        var (_, answer) = Find(call.Method, call.Path);
        var context = new DefaultHttpContext { RequestAborted = cancel };
        context.Features.Set(caller);
        context.Request.Method = call.Method;
        context.Request.Path = $"{ApiRoutes.Prefix}/{Filled(call)}";
        context.Request.QueryString = QueryString.Create(call.Query);
        foreach (var (name, value) in call.Parts)
        {
            context.Request.RouteValues[name] = value;
        }

        foreach (var (name, value) in call.Headers)
        {
            context.Request.Headers[name] = value;
        }

        if (call.Body is { } sent)
        {
            context.Request.ContentType = "application/json";
            context.Request.ContentLength = sent.Length;
            context.Request.Body = new MemoryStream(sent, writable: false);
        }

        context.Response.Body = body;
        await answer(context);
        cancel.ThrowIfCancellationRequested();
        return context;
    }

    private (ApiRoute Route, RequestDelegate Answer) Find(string method, string path) =>
        _routes.TryGetValue((method, path), out var found)
            ? found
            : throw new ArgumentException($"the API has no {method} {path}", nameof(path));

    private static string Filled(LocalCall call) => string.Join('/', call.Path.Split('/').Select(part =>
        part is ['{', .. var name, '}'] ? Uri.EscapeDataString(call.Parts[name]) : part));
}
