// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Fetching;
using Weir.Hosting.Auditing;
using Weir.Tests.Matching.Fetching;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Copies of lists that wait for people, as people see them, put them in force and drop them.</summary>
public sealed class HeldListUseTests : IAsyncLifetime
{
    private ApiFixture _api = null!;
    private FeedServer _server = null!;
    private ListSource _source = null!;
    private ListSet _lists = null!;

    private string Path => $"lists/{_source.Name}";

    public async ValueTask InitializeAsync()
    {
        _api = await ApiFixture.OpenAsync();
        _server = await FeedServer.StartAsync();
        _source = _server.Source();
        _lists = new(new CurrentWatchlist(), [], _api.Cases.Clock, NullLoggerFactory.Instance);
        _lists.Fetching.Follow([_source]);
        _api.Kept = _lists;
        foreach (var entries in (int[])[100, 10])
        {
            _server.Body = string.Concat(Enumerable.Range(0, entries).Select(i => $"203.0.113.{i}:8000\n"));
            _ = await new ListFetcher(TimeProvider.System).FetchAsync(_source, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _lists.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_held_copy_is_put_in_force_by_two_people_in_two_roles()
    {
        var row = await OneAsync();
        Assert.Equal(
            (_source.Name, 10, 100, JsonValueKind.Null),
            (Text(row, "name"), row.GetProperty("entries").GetInt32(), row.GetProperty("before").GetInt32(),
                row.GetProperty("askedBy").ValueKind));
        Assert.Contains("more than half are gone", Text(row, "reason"), StringComparison.Ordinal);
        var before = await File.ReadAllTextAsync(_source.Path);

        Assert.Equal("waits", await StepAsync("operator", "releases"));
        Assert.Equal(ApiFixture.Me, Text(await OneAsync(), "askedBy"));
        Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.AskListRelease));
        Assert.Equal("second-person-needed", await StepAsync("analyst", "releases"));
        HeldCopy.Read(_source)!.Ask(_source, new Actor("ana", Role.Analyst));
        Assert.Equal("second-person-needed", await StepAsync("analyst", "releases"));
        Assert.Equal(before, await File.ReadAllTextAsync(_source.Path));

        Assert.Equal("released", await StepAsync("operator", "releases"));
        Assert.Equal(_server.Body, await File.ReadAllTextAsync(_source.Path));
        Assert.Contains(_api.Cases.Audit.EntriesOf(AuditActions.ReleaseList), entry =>
            (entry.Outcome, entry.Role, entry.Reason) == (AuditActions.Allow, "operator", _source.Name));
        Assert.Equal("unknown", await StepAsync("operator", "releases"));
    }

    [Fact]
    public async Task A_held_copy_is_dropped_by_one_and_offered_no_more()
    {
        var before = await File.ReadAllTextAsync(_source.Path);

        Assert.Equal("dropped", await StepAsync("operator", "drops"));

        Assert.Equal(ApiFixture.Me, Text(await OneAsync(), "droppedBy"));
        Assert.Equal("unknown", await StepAsync("operator", "releases"));
        Assert.Equal(before, await File.ReadAllTextAsync(_source.Path));
        var entry = Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.DropList));
        Assert.Equal((ApiFixture.Me, AuditActions.Allow, _source.Name), (entry.Actor, entry.Outcome, entry.Reason));
    }

    [Fact]
    public async Task A_list_is_fetched_when_somebody_asks_and_what_is_no_list_is_told()
    {
        var fetched = await _api.SendAsync("operator", "POST", $"{Path}/fetches");

        Assert.Equal((200, _source.Name, "held", 10), (
            fetched.Status, Text(fetched.Json, "name"), Text(fetched.Json, "outcome"),
            fetched.Json.GetProperty("entries").GetInt32()));
        Assert.Equal(_source.Name, Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.FetchList)).Reason);
        Assert.Equal("unknown", (await _api.SendAsync("operator", "POST", "lists/other/fetches")).Code);
    }

    /// <summary>What became of it, or why nothing did.</summary>
    private async Task<string> StepAsync(string role, string noun)
    {
        var answer = await _api.SendAsync(role, "POST", $"{Path}/{noun}");
        return answer.Status == 200 ? Text(answer.Json, "outcome") : answer.Code;
    }

    private async Task<JsonElement> OneAsync() => Assert.Single(
        (await _api.SendAsync("analyst", "GET", "lists/held")).Json.GetProperty("lists").EnumerateArray());

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
