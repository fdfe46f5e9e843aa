// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.RegularExpressions;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Instance;
using Weir.Desk.Api.Routing;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Console;
using Weir.Desk.Sessions;
using Weir.Tests.Cases;
using Weir.Tests.DeskProcess.Api;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>What a browser got.</summary>
internal sealed record ConsoleAnswered(
    int Status, string Text, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Cookies)
{
    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    public string Location => Header("Location");
}

/// <summary>The console on a real socket over the real cases, as <see cref="ApiFixture"/> has them, behind a TLS
/// front's name.</summary>
internal sealed partial class ConsoleFixture : IAsyncDisposable
{
    public const string Host = "weir.example.net";
    public const string Origin = $"https://{Host}";

    private const uint UsualNumber = 1_000;

    /// <summary>Few, since what they cost is no matter of these tests.</summary>
    private const int PasswordRounds = 1_000;

    private readonly ConsoleServer _server;
    private readonly HttpClient _http;

    private ConsoleFixture(ApiFixture api, ConsoleServer server)
    {
        (Api, _server) = (api, server);
        _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = server.Listening,
        };
    }

    public ApiFixture Api { get; }

    public Uri Listening => _server.Listening;

    public CaseHandlerFixture Cases => Api.Cases;

    public ConsoleSignIn SignIn => Api.SignIn!;

    /// <summary>Numbers of users who have another than the usual one.</summary>
    public required Dictionary<string, uint?> Numbers { get; init; }

    /// <summary>Users by role; a test may change it while the console runs.</summary>
    public static readonly (string User, Role Role)[] People =
    [
        ("ana", Role.Analyst), ("olaf", Role.Operator), ("petra", Role.PrivacyOfficer), ("aud", Role.Auditor),
        ("adam", Role.Administrator),
    ];

    public static async Task<ConsoleFixture> OpenAsync(
        IEnumerable<(string User, Role Role)>? people = null, Func<ConsoleOptions, ConsoleOptions>? change = null,
        ApiCallers? callers = null, InstanceFacts? instance = null,
        Weir.Contracts.Approvals.People? governed = null, BrakeLimits? brake = null)
    {
        var api = await ApiFixture.OpenAsync(brake);
        var numbers = new Dictionary<string, uint?>(StringComparer.Ordinal);
        api.SignIn = new(new Uri(Origin), api.Cases.Clock, user => numbers.GetValueOrDefault(user, UsualNumber))
        {
            Passkeys = new(new(governed ?? Weir.Contracts.Approvals.People.Lab), new(null), api.Cases.Clock),
            Passwords = new(
                null, api.Cases.Clock, user => numbers.GetValueOrDefault(user, UsualNumber), rounds: PasswordRounds),
        };
        api.Instance = instance ?? new();
        var options = new ConsoleOptions { Enabled = true, Listen = new(IPAddress.Loopback, 0), Public = new(Origin) };
        options = change?.Invoke(options) ?? options;
        callers ??= new ApiCallers((people ?? People).GroupBy(one => one.Role)
            .Select(role => (role.Key, (IReadOnlyList<string>)[.. role.Select(one => one.User)])));
        var parts = ConsoleRegistration.DependenciesOf(options, api.Parts(callers), api.Logs);
        return new(api, await ConsoleServer.StartAsync(options, parts, api.Logs)) { Numbers = numbers };
    }

    /// <summary>A browser of somebody who signed in by a link.</summary>
    public async Task<ConsoleBrowser> SignInAsync(string user, string? cookie = null)
    {
        var role = People.First(one => one.User == user).Role;
        var code = SignIn.Links.Issue(new(user, role));
        var answer = await SendAsync("POST", "/sign-in", cookie, Form(("code", code)));
        Assert.Equal(303, answer.Status);
        return new(this, Assert.Single(answer.Cookies).Split(';')[0]);
    }

    public static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    /// <summary>A case as it is now, as its forms say it.</summary>
    public (string Name, string Value) TagOf(string id, string field = "tag") =>
        (field, CaseVersion.Of(Cases.Desk.Files.Single(file => file.Id.ToString() == id)));

    /// <summary>One request as a browser sends it: from our own page unless a header says otherwise.</summary>
    public async Task<ConsoleAnswered> SendAsync(
        string method, string path, string? cookie = null, HttpContent? body = null, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        request.Headers.Host = Host;
        _ = request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        if (method == "POST")
        {
            _ = request.Headers.TryAddWithoutValidation("Origin", Origin);
        }

        foreach (var (name, value) in headers.Append(("Cookie", cookie)))
        {
            if (name == "Host")
            {
                request.Headers.Host = value;
                continue;
            }

            _ = request.Headers.Remove(name);
            if (value is not null)
            {
                _ = request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var isStream = answer.Content.Headers.ContentType?.MediaType == ApiStream.EventStream;
        return new(
            (int)answer.StatusCode, isStream ? "" : await answer.Content.ReadAsStringAsync(),
            answer.Headers.Concat(answer.Content.Headers).ToDictionary(one => one.Key, one => string.Join(", ", one.Value)),
            answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : []);
    }

    /// <summary>A stream that goes on, for who reads it.</summary>
    public Task<HttpResponseMessage> OpenStreamAsync(string cookie)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/changes");
        request.Headers.Host = Host;
        _ = request.Headers.TryAddWithoutValidation("Cookie", cookie);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        await Api.DisposeAsync();
    }

    [GeneratedRegex("name=\"form-key\" value=\"([^\"]+)\"")]
    internal static partial Regex FormKey();
}

/// <summary>One signed-in browser.</summary>
internal sealed class ConsoleBrowser(ConsoleFixture console, string cookie)
{
    public string Cookie => cookie;

    public Task<ConsoleAnswered> GetAsync(string path) => console.SendAsync("GET", path, cookie);

    /// <summary>The key of this session's forms, as a page shows it.</summary>
    public async Task<string> FormKeyAsync() =>
        ConsoleFixture.FormKey().Match((await GetAsync("/me")).Text).Groups[1].Value;

    public async Task<ConsoleAnswered> PostAsync(string path, params (string Name, string Value)[] fields) =>
        await console.SendAsync(
            "POST", path, cookie, ConsoleFixture.Form([("form-key", await FormKeyAsync()), .. fields]));
}
