// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Lists;
using Weir.Contracts.Ssh;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Fetching;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;

namespace Weir.Tests.Matching.Fetching;

/// <summary>Sources of lists asked again: a publisher on this machine, files with an owner, and a chain on disk.</summary>
public sealed class ListVerifierTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new(2026, 11, 30, 6, 0, 0, TimeSpan.Zero));
    private readonly SshSigningKey _owner = new();
    private FeedServer _server = null!;
    private ListSet _lists = null!;
    private FileAuditLog _chain = null!;

    /// <summary>Publishers answer <c>/slow</c> when it is set.</summary>
    private readonly TaskCompletionSource _answers = new();

    private string Chain => Path.Combine(_server.Folder, "chain");

    private string Differences => Path.Combine(_server.Folder, "differences");

    public async ValueTask InitializeAsync()
    {
        _server = await FeedServer.StartAsync(map: (app, server) => app.MapGet("/slow", async () =>
        {
            await _answers.Task;
            return server.Body;
        }));
        _lists = new ListSet(
            new CurrentWatchlist(), [], _time, NullLoggerFactory.Instance, differences: new(Differences, _time));
        _chain = FileAuditLog.Open(
            new AuditOptions { Directory = Chain }, _time, NullLogger<FileAuditLog>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _chain.DisposeAsync();
        _lists.Dispose();
        _owner.Dispose();
        await _server.DisposeAsync();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DeskList Fetched(ListSource source) => new(
        new FeedOptions { Name = source.Name, Path = source.Path, IsFetched = true }, source, TimeSpan.FromDays(7));

    private DeskList FromFile(string text, SshSigningKey? owner = null, string name = "theirs")
    {
        var path = _server.Write(name + ".txt", text);
        if (owner is not null)
        {
            _ = _server.Write(name + ".txt.sig", OwnerOfLists.Sign(owner, name, text, _time.GetUtcNow()));
        }

        return new(
            new FeedOptions
            {
                Name = name, Path = path, Owner = owner is null ? null : new(owner.Public, path + ".kept"),
            },
            null, TimeSpan.FromDays(7));
    }

    /// <summary>Has lists in force and on the chain.</summary>
    private async Task UseAsync(params DeskList[] lists)
    {
        Assert.Empty(_lists.Follow(new() { Lists = lists, Folder = _server.Folder }));
        _ = await _lists.Fetching.FetchNowAsync([], Cancel);
        await _lists.Record.WriteAsync(_chain, Cancel);
    }

    private Task<IReadOnlyList<ListVerdict>?> TryVerifyAsync() =>
        _lists.Verifier.TryRunAsync(() => Task.CompletedTask, Chain, Cancel);

    private async Task<ListVerdict> VerifyAsync(string name)
    {
        _time.Advance(ListVerifier.Rest);
        return (await TryVerifyAsync())!.Single(one => one.Name == name);
    }

    [Trait("Attack", "24")]
    [Fact]
    public async Task What_a_publisher_has_now_is_compared_and_nothing_in_force_is_touched()
    {
        var source = _server.Source();
        var guarded = source with { Name = "guarded", IsPrivate = false, Path = source.Path + "-guarded" };
        await UseAsync(Fetched(source), Fetched(guarded));
        var inForce = _lists.Refresher.States[0].Digest;

        var same = await VerifyAsync("ours");
        Assert.Equal((ListStanding.Same, inForce, inForce, ""), (same.Standing, same.InForce, same.Now, same.Reason));
        Assert.Equal("localhost", same.Source);
        Assert.DoesNotContain("If-None-Match", _server.Asked.Last().Headers.Keys);
        var refused = await VerifyAsync("guarded");
        Assert.Equal(ListStanding.CannotBeFetched, refused.Standing);
        Assert.Contains("no address of the public Internet", refused.Reason, StringComparison.Ordinal);

        var copy = await File.ReadAllTextAsync(source.Path, Cancel);
        var files = Directory.GetFiles(Path.GetDirectoryName(source.Path)!);
        _server.Body += "203.0.113.68\n";
        var changed = await VerifyAsync("ours");
        Assert.Equal((ListStanding.ChangedSince, inForce), (changed.Standing, changed.InForce));
        Assert.Equal(ListDigest.Of(System.Text.Encoding.UTF8.GetBytes(_server.Body)), changed.Now);
        Assert.Equal(inForce, _lists.Refresher.States[0].Digest);
        Assert.Equal(copy, await File.ReadAllTextAsync(source.Path, Cancel));
        Assert.Equal(files.Order(), Directory.GetFiles(Path.GetDirectoryName(source.Path)!).Order());

        await _server.StopAsync();
        var away = await VerifyAsync("ours");
        Assert.Equal((ListStanding.CannotBeFetched, ""), (away.Standing, away.Now));
        Assert.Contains("refused", away.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(inForce, away.InForce);
    }

    [Fact]
    public async Task Rounds_do_not_overlap_and_rest_between_them()
    {
        var source = _server.Source("/slow");
        Assert.Empty(_lists.Follow(new() { Lists = [Fetched(source)], Folder = _server.Folder }));
        var first = TryVerifyAsync();
        Assert.Null(await TryVerifyAsync());
        _answers.SetResult();
        _ = Assert.Single((await first)!);

        Assert.Null(await TryVerifyAsync());
        _time.Advance(ListVerifier.Rest - TimeSpan.FromSeconds(1));
        Assert.Null(await TryVerifyAsync());
        _ = Assert.Single(_server.Asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await TryVerifyAsync());
        Assert.Equal(2, _server.Asked.Count);
    }

    /// <summary>One publisher that never answers keeps nobody from hearing of the other lists.</summary>
    [Fact]
    public async Task A_round_ends_whoever_does_not_answer_and_tells_the_other_lists()
    {
        var slow = _server.Source("/slow") with { Timeout = TimeSpan.FromHours(1) };
        var file = FromFile("203.0.113.1\n");
        Assert.Empty(_lists.Follow(new() { Lists = [Fetched(slow), file], Folder = _server.Folder }));
        await _lists.Record.WriteAsync(_chain, Cancel);
        var round = TryVerifyAsync();
        await Until.IsSoAsync(() => Task.FromResult(_server.Asked.Count == 1), "it is asked");
        _time.Advance(ListVerifier.Longest);

        var verdicts = (await round)!;
        Assert.Equal([ListStanding.CannotBeFetched, ListStanding.Same], verdicts.Select(one => one.Standing));
        Assert.Contains("the round's 100 s were over", verdicts[0].Reason, StringComparison.Ordinal);
        _answers.SetResult();
    }

    [Fact]
    public async Task A_copy_that_waits_for_people_is_told_with_why_it_waits()
    {
        _server.Body = string.Concat(Enumerable.Range(0, 40).Select(i => $"203.0.113.{i}\n"));
        var source = _server.Source();
        await UseAsync(Fetched(source));
        _server.Body = "203.0.113.68\n";
        _ = await _lists.Fetching.FetchNowAsync([], Cancel);

        var held = await VerifyAsync("ours");
        Assert.Equal(ListStanding.ChangedSince, held.Standing);
        Assert.Contains("is held for people: it has 1 entries where 40", held.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publisher_that_asked_to_be_left_alone_is_left_alone()
    {
        await using var busy = await FeedServer.StartAsync(map: (app, _) => app.MapGet("/busy", context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        }));
        await UseAsync(Fetched(busy.Source("/busy")));
        _ = Assert.Single(busy.Asked);

        var left = await VerifyAsync("ours");
        Assert.Equal(ListStanding.CannotBeFetched, left.Standing);
        Assert.Contains("asks to be left alone", left.Reason, StringComparison.Ordinal);
        _ = Assert.Single(busy.Asked);
    }

    [Fact]
    public async Task A_collection_that_is_put_together_anew_is_compared_by_what_it_names()
    {
        List<(string Added, JsonObject Item)> objects =
        [
            .. Enumerable.Range(1, 3).Select(n => (
                $"2026-11-2{n}T00:00:00Z", PolledSourcesTests.Indicator(n, "2026-11-20T00:00:00Z"))),
        ];
        await using var taxii = await FeedServer.StartAsync(
            map: (app, _) => PolledSourcesTests.MapTaxii(app, objects, withNext: true));
        await UseAsync(Fetched(taxii.Source("/api/collections/c2/") with { Kind = FeedKind.Taxii }));

        // What was taken since lies behind what was there; all of it asked for anew has one object less.
        objects.RemoveAt(0);
        objects.Add(("2026-11-28T00:00:00Z", PolledSourcesTests.Indicator(1, "2026-11-28T00:00:00Z")));
        _ = await _lists.Fetching.FetchNowAsync([], Cancel);
        await _lists.Record.WriteAsync(_chain, Cancel);
        var same = await VerifyAsync("ours");
        Assert.Equal(ListStanding.Same, same.Standing);
        Assert.NotEqual(same.InForce, same.Now);

        objects.Add(("2026-11-29T00:00:00Z", PolledSourcesTests.Indicator(9, "2026-11-29T00:00:00Z")));
        Assert.Equal(ListStanding.ChangedSince, (await VerifyAsync("ours")).Standing);
    }

    [Trait("Attack", "24")]
    [Fact]
    public async Task A_file_is_read_again_with_its_owners_signature()
    {
        const string Text = "203.0.113.1\n";
        var (signed, plain) = (FromFile(Text, _owner), FromFile(Text, name: "plain"));
        await UseAsync(signed, plain);
        Assert.Equal((ListStanding.Same, ""), (await VerifyAsync("theirs") is var same ? same.Standing : default, same.Reason));
        var unowned = await VerifyAsync("plain");
        Assert.Equal(ListStanding.Same, unowned.Standing);
        Assert.Contains("names no owner", unowned.Reason, StringComparison.Ordinal);

        File.Delete(signed.Feed.Path + ".sig");
        var unsigned = await VerifyAsync("theirs");
        Assert.Equal((ListStanding.NotSigned, unsigned.InForce), (unsigned.Standing, unsigned.Now));
        Assert.Contains("there is no ", unsigned.Reason, StringComparison.Ordinal);

        _ = FromFile(Text + "203.0.113.2\n", _owner);
        _ = FromFile(Text + "203.0.113.2\n", name: "plain");
        Assert.Equal(ListStanding.ChangedSince, (await VerifyAsync("theirs")).Standing);
        Assert.Equal(ListStanding.ChangedSince, (await VerifyAsync("plain")).Standing);
        File.Delete(plain.Feed.Path);
        Assert.Equal(ListStanding.CannotBeRead, (await VerifyAsync("plain")).Standing);
    }

    [Fact]
    public async Task What_is_in_force_has_to_stand_on_the_chain()
    {
        var list = FromFile("203.0.113.1\n");
        Assert.Empty(_lists.Follow(new() { Lists = [list], Folder = _server.Folder }));
        Assert.Equal(ListStanding.NotOnChain, (await VerifyAsync("theirs")).Standing);

        await _lists.Record.WriteAsync(_chain, Cancel);
        Assert.Equal(ListStanding.Same, (await VerifyAsync("theirs")).Standing);

        var kept = Assert.Single(Directory.GetFiles(Differences, "*.txt"));
        var difference = await File.ReadAllTextAsync(kept, Cancel);
        await File.WriteAllTextAsync(kept, difference.Replace("+ 203.0.113.1 c2\n", "", StringComparison.Ordinal), Cancel);
        var changed = await VerifyAsync("theirs");
        Assert.Equal(ListStanding.NotOnChain, changed.Standing);
        Assert.Contains("kept as something else", changed.Reason, StringComparison.Ordinal);
        await File.WriteAllTextAsync(kept, difference, Cancel);
        Assert.Equal(ListStanding.Same, (await VerifyAsync("theirs")).Standing);

        var digest = _lists.Refresher.States[0].Digest;
        var altered = _server.Write("altered", string.Concat(AuditLines.Entries(Chain, 0, most: 100).Select(line =>
            line.Replace(digest, new string('0', digest.Length), StringComparison.Ordinal) + "\n")));
        File.Move(altered, Directory.GetFiles(Chain, "0*.jsonl").Single(), overwrite: true);
        Assert.Equal(ListStanding.NotOnChain, (await VerifyAsync("theirs")).Standing);
    }
}
