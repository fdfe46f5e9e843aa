// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Lists;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;
using Weir.Tests.Contracts.Approvals;
using Weir.Tests.DeskProcess.ConsolePages;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>An endpoint is allowed by one person where few cases rest on it, and held by one until two let it go on.
/// </summary>
public sealed class EndpointActTests : IAsyncLifetime
{
    private const string Written = "203.0.113.9:8443/tcp";

    private ApiFixture _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiFixture.OpenAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task What_one_person_allows_closes_the_cases_that_rest_on_it_alone()
    {
        await ContactsAsync(2);
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(100, 2));

        var answer = await ActAsync("analyst", "allowances", "a vendor's update server");

        Assert.Equal((200, "allowed", 1), (
            answer.Status, answer.Json.GetProperty("state").GetString(), answer.Json.GetProperty("closed").GetInt32()));
        Assert.Single(_api.Cases.Desk.Files, file => file.ClosedAt is not null);
        Assert.Equal(Written, Assert.Single(_api.Cases.Allow.Endpoints).ToString());
        Assert.Equal("a vendor's update server", Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.AllowEndpoint)).Reason);
    }

    [Fact]
    public async Task What_more_than_k_cases_rest_on_is_two_peoples_to_allow()
    {
        await ContactsAsync(_api.Cases.Policy.K + 1);

        var answer = await ActAsync("analyst", "allowances", "a vendor's update server");

        Assert.Equal((403, "second-person-needed"), (answer.Status, answer.Code));
        Assert.Contains("matching.allow", answer.Detail, StringComparison.Ordinal);
        Assert.Empty(_api.Cases.Allow.Endpoints);
        Assert.All(_api.Cases.Desk.Files, file => Assert.Null(file.ClosedAt));
    }

    [Theory]
    [InlineData("allowances")]
    [InlineData("holds")]
    public async Task A_reason_of_one_word_is_none(string path)
    {
        var answer = await ActAsync("operator", path, "wrong");

        Assert.Equal((400, "bad-request"), (answer.Status, answer.Code));
        Assert.Empty(_api.Held.All);
    }

    [Fact]
    public async Task A_held_endpoint_goes_on_by_two_people_in_different_roles()
    {
        Assert.Equal(200, (await ActAsync("operator", "holds", "half the city calls it")).Status);
        Assert.Equal("half the city calls it", Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.HoldEndpoint)).Reason);
        Assert.Equal("waits", (await ActAsync("operator", "holds/releases")).Json.GetProperty("state").GetString());
        Assert.Equal("second-person-needed", (await ActAsync("operator", "holds/releases")).Code);
        Assert.Equal("second-person-needed", (await ActAsync("analyst", "holds/releases")).Code);
        Assert.Equal(Written, Assert.Single(_api.Held.All).Endpoint);

        // Somebody else in the same role is none; somebody else in another is.
        await AskAsync(new("olaf", Role.Analyst));
        Assert.Equal("second-person-needed", (await ActAsync("analyst", "holds/releases")).Code);
        await AskAsync(CaseHandlerFixture.Olaf);
        Assert.Equal("released", (await ActAsync("analyst", "holds/releases")).Json.GetProperty("state").GetString());
        Assert.Empty(_api.Held.All);
        Assert.Equal("unknown", (await ActAsync("analyst", "holds/releases")).Code);
    }

    /// <summary>Who holds it once more does so against what was asked before.</summary>
    [Fact]
    public async Task What_was_asked_before_an_endpoint_was_held_anew_lets_nothing_go_on()
    {
        Assert.Equal(200, (await ActAsync("operator", "holds", "half the city calls it")).Status);
        await AskAsync(CaseHandlerFixture.Olaf);
        _api.Cases.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await ActAsync("operator", "holds", "the other half calls too")).Status);

        Assert.Equal("waits", (await ActAsync("analyst", "holds/releases")).Json.GetProperty("state").GetString());
        Assert.Equal("the other half calls too", Assert.Single(_api.Held.All).Reason);
    }

    /// <summary>Two sessions are no two people: whoever becomes two users has no two keys.</summary>
    [Fact]
    public async Task Outside_a_lab_a_held_endpoint_goes_on_by_two_keys_and_by_nothing_less()
    {
        using var analyst = new SigningPerson(ApiFixture.Me, Role.Analyst);
        using var olaf = new SigningPerson("olaf", Role.Operator);
        var book = new SigningBook("test-net", _api.Cases.Clock);
        _api.Cases.People.Use(new("test-net", [analyst.Person, olaf.Person]));
        _api.Cases.Approvals = book;
        await _api.Cases.RestartAsync();
        Assert.Equal(200, (await ActAsync("analyst", "holds", "half the city calls it")).Status);

        Assert.Equal("bad-request", (await ActAsync("analyst", "holds/releases")).Code);
        await AskAsync(CaseHandlerFixture.Olaf);
        Assert.Equal("second-person-needed", (await ActAsync("analyst", "holds/releases")).Code);
        book.Sign(olaf);
        Assert.Equal("second-person-needed", (await ActAsync("analyst", "holds/releases")).Code);
        Assert.Equal("olaf", Assert.Single((await _api.SendAsync("analyst", "GET", "holds")).Json
            .GetProperty("endpoints").EnumerateArray()).GetProperty("askedBy").GetString());
        book.Sign(analyst);
        Assert.Equal("released", (await ActAsync("analyst", "holds/releases")).Json.GetProperty("state").GetString());

        Assert.Empty(_api.Held.All);
        Assert.Equal(2, _api.Cases.Audit.EntriesOf(AuditActions.SignApproval).Count());
        Assert.Contains(
            _api.Cases.Audit.EntriesOf(AuditActions.ReleaseEndpoint),
            one => one.Approval.Length > 0 && one.Reason.Contains("no update server", StringComparison.Ordinal));

        // What was signed once lets nothing go on that is held again.
        _api.Cases.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await ActAsync("analyst", "holds", "half the city calls it")).Status);
        Assert.Equal("bad-request", (await ActAsync("analyst", "holds/releases")).Code);
    }

    [Fact]
    public void What_is_held_makes_no_event_and_is_held_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("weir-held-");
        var held = new HeldEndpoints(folder.FullName);
        var lists = new CurrentWatchlist();
        var refresher = new ListRefresher(
            [held.Open()], lists, TimeSpan.FromHours(1), TimeProvider.System, NullLogger<ListRefresher>.Instance);
        _ = refresher.Refresh();
        held.RefreshWith(refresher);
        Assert.True(Endpoint.TryParse(Written, out var endpoint));
        var one = new HeldEndpoint(Written, DateTimeOffset.UnixEpoch, "olaf", "half the city calls it");

        Assert.False(lists.Current.IsAllowed(endpoint));
        held.Put(one);
        Assert.True(lists.Current.IsAllowed(endpoint));
        Assert.Equal([one], new HeldEndpoints(folder.FullName).All);
        held.Remove(one);
        Assert.False(lists.Current.IsAllowed(endpoint));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_console_holds_an_endpoint_and_says_who_did_and_how_it_goes_on()
    {
        await using var console = await ConsoleFixture.OpenAsync();
        var olaf = await console.SignInAsync("olaf");
        var page = $"/endpoint?endpoint={Uri.EscapeDataString(Written)}";

        Assert.Equal(400, (await olaf.PostAsync("/endpoint/hold", ("endpoint", Written), ("reason", "no"))).Status);
        var answer = await olaf.PostAsync("/endpoint/hold", ("endpoint", Written), ("reason", "half the city calls it"));

        Assert.Equal(303, answer.Status);
        var text = (await olaf.GetAsync(page)).Text;
        Assert.Contains("Held by olaf", text, StringComparison.Ordinal);
        Assert.Contains($"weir endpoint release {Written}", text, StringComparison.Ordinal);
        Assert.Contains("half the city calls it", text, StringComparison.Ordinal);
        Assert.Equal(Written, Assert.Single(console.Api.Held.All).Endpoint);
    }

    private async Task ContactsAsync(int lines)
    {
        for (uint i = 1; i <= lines; i++)
        {
            await _api.Cases.HandleAsync(CaseHandlerFixture.Event(
                i, i, RuleId.CncContact,
                CaseHandlerFixture.Class(Direction.Both, Protocols.Tcp, [8443], "203.0.113.9")));
        }

        Assert.Equal(lines, _api.Cases.Desk.Files.Count());
    }

    private async Task AskAsync(Actor actor)
    {
        _api.Cases.Clock.Advance(TimeSpan.FromSeconds(1));
        _ = await _api.Cases.Desk.RequestAsync(
            actor, Permission.ReleaseEndpoint, new(Target: Written), "it is no update server", default);
    }

    private Task<ApiAnswer> ActAsync(string role, string path, string? reason = null) => _api.SendAsync(
        role, "POST", path, reason is null ? $$"""{"endpoint":"{{Written}}"}""" : $$"""{"endpoint":"{{Written}}","reason":"{{reason}}"}""");
}
