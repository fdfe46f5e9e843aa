// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Desk.Braking;
using Weir.Desk.Cases;
using Weir.Tests.Cases.Braking;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Networks and edits of lists that the brake holds, as people see them and decide about them.</summary>
public sealed class HeldNetworkUseTests : IAsyncLifetime
{
    private const int Bound = 20;
    private const int Readers = 131;
    private const string Newspaper = "203.0.113.0/24";
    private const string Reason = "looked at by both of us";

    private ApiFixture _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiFixture.OpenAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task What_is_held_is_shown_with_how_many_met_it_and_who_asked()
    {
        await BrakeAsync(Newspaper);
        await VisitAsync(_ => "203.0.113.9");

        var row = await OneAsync();
        Assert.Equal(
            (Newspaper, "held", Readers, Bound, Readers, 0),
            (Text(row, "network"), Text(row, "state"), Number(row, "lines"), Number(row, "bound"),
                Number(row, "events"), Number(row, "lost")));
        Assert.Equal(
            ("203.0.113.9:443/tcp", "listed by our-c2", _api.Cases.Clock.GetUtcNow()),
            (Text(row, "endpoint"), Text(row, "lists"), row.GetProperty("since").GetDateTimeOffset()));
        Assert.Equal(
            [JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.False],
            new[] { "update", "askedBy", "until", "inForce" }.Select(name => row.GetProperty(name).ValueKind));

        var asked = await AskAsync("release");
        Assert.Equal((Newspaper, "asked"), (Text(asked.Json, "network"), Text(asked.Json, "state")));
        Assert.Contains($"--approve {Text(asked.Json, "id")}", Text(asked.Json, "next"), StringComparison.Ordinal);
        Assert.Equal(ApiFixture.Me, Text(await OneAsync(), "askedBy"));
        var own = await GiveAsync(Text(asked.Json, "id"));
        Assert.Equal((403, "second-person-needed"), (own.Status, own.Code));
        Assert.Empty(_api.Cases.Desk.Files);
        Assert.Equal("held", Text(await OneAsync(), "state"));
    }

    [Theory]
    [InlineData(true, "released", "what was held has become cases; so does what comes, for 30 days")]
    [InlineData(false, "dropped", "what was held is gone; nothing comes of it for 30 days")]
    public async Task What_another_person_asked_of_a_network_is_given_and_holds_for_thirty_days(
        bool isReleased, string state, string next)
    {
        await BrakeAsync(Newspaper);
        await VisitAsync(_ => "203.0.113.9");

        var given = await GiveAsync(await OlafAsksAsync(Newspaper, isReleased));

        Assert.Equal((200, state, next), (given.Status, Text(given.Json, "state"), Text(given.Json, "next")));
        Assert.Equal(isReleased ? Readers : 0, _api.Cases.Desk.Files.Count());
        var row = await OneAsync();
        Assert.Equal((state, true), (Text(row, "state"), row.GetProperty("inForce").GetBoolean()));
        Assert.Equal(
            _api.Cases.Clock.GetUtcNow() + TimeSpan.FromDays(30), row.GetProperty("until").GetDateTimeOffset());
    }

    /// <summary>A dropped edit ends by no wait, and says so: no day is shown on which it would.</summary>
    [Fact]
    public async Task What_two_dropped_of_an_edit_has_no_end_while_a_list_names_it()
    {
        var at = _api.Cases.Clock.GetUtcNow();
        await BrakeAsync([.. Enumerable.Range(0, Readers).Select(i => $"198.51.{i}.7/32")]);
        await VisitAsync(i => $"198.51.{i}.7");
        var update = (await OneAsync()).GetProperty("update");
        Assert.Equal(
            ("our-c2", at, Readers, true),
            (Text(update, "list"), update.GetProperty("at").GetDateTimeOffset(), Number(update, "entries"),
                update.GetProperty("isFirst").GetBoolean()));

        var given = await GiveAsync(await OlafAsksAsync(Text(await OneAsync(), "network"), isReleased: false));

        Assert.Equal(
            "what was held is gone; nothing comes of it while a list names it", Text(given.Json, "next"));
        _api.Cases.Clock.Advance(TimeSpan.FromDays(40));
        await _api.Cases.Desk.RunOnceAsync(default);
        var row = await OneAsync();
        Assert.Equal(
            ("dropped", JsonValueKind.Null, true),
            (Text(row, "state"), row.GetProperty("until").ValueKind, row.GetProperty("inForce").GetBoolean()));
    }

    /// <summary>A drop is no release, and a word that is neither is nothing.</summary>
    [Theory]
    [InlineData("release", Permission.ReleaseHeld)]
    [InlineData("drop", Permission.DropHeld)]
    [InlineData("forget", null)]
    public async Task What_is_asked_of_it_is_one_of_two_words(string act, Permission? deed)
    {
        await BrakeAsync(Newspaper);
        await VisitAsync(_ => "203.0.113.9");

        var asked = await AskAsync(act);

        Assert.Equal(deed is null ? 400 : 200, asked.Status);
        Assert.Equal(deed, _api.Cases.Desk.Asked.SingleOrDefault()?.Deed);
        Assert.Equal(deed is null ? null : Newspaper, _api.Cases.Desk.Asked.SingleOrDefault()?.Target);
        Assert.Equal(deed is null ? null : Reason, _api.Cases.Desk.Asked.SingleOrDefault()?.Reason);
    }

    private async Task BrakeAsync(params string[] brought)
    {
        _api.Cases.Brake = new(Bound, 100, TimeSpan.FromMinutes(5));
        _ = ((MadeEdits)_api.Cases.Edits).Bring(_api.Cases.Clock.GetUtcNow(), brought);
        await _api.Cases.RestartAsync();
    }

    private Task<EventReceipt> VisitAsync(Func<int, string> address) => _api.Cases.HandleAsync(
    [
        .. Enumerable.Range(0, Readers).Select(i => Event(
            (ulong)i + 1, (uint)i + 1, RuleId.CncContact, Class(Direction.Both, Tcp, [443], address(i))) with
            {
                Sources = 1, Detail = "listed by our-c2",
            }),
    ]);

    private async Task<JsonElement> OneAsync() =>
        (await _api.SendAsync("auditor", "GET", "held-networks")).Json.GetProperty("networks").EnumerateArray()
            .Single(row => Text(row, "state") != "settling");

    private Task<ApiAnswer> AskAsync(string act) => _api.SendAsync(
        "analyst", "POST", "held-networks",
        $$"""{"network": "{{Newspaper}}", "act": "{{act}}", "reason": "{{Reason}}"}""");

    private Task<ApiAnswer> GiveAsync(string id) =>
        _api.SendAsync("analyst", "POST", $"held-networks/{id}/approval");

    private async Task<string> OlafAsksAsync(string network, bool isReleased)
    {
        using var people = new HeldNetworkHandler(
            _api.Cases.Desk, [], NullLogger<HeldNetworkHandler>.Instance);
        return CaseHandler.Name((await people.RequestAsync(Olaf, network, isReleased, Reason, default)).Asked!.Number);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
