// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Lists;
using Weir.Contracts.Ssh;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Fetching;
using Weir.Hosting.Auditing;
using Weir.Hosting.Configuration;
using Weir.Tests.Cases;

namespace Weir.Tests.Matching.Fetching;

/// <summary>A list behind a URL, which is taken with its owner's signature alone.</summary>
public sealed class SignedFetchTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new(2026, 11, 30, 6, 0, 0, TimeSpan.Zero));
    private readonly SshSigningKey _owner = new();
    private readonly SshSigningKey _other = new();
    private readonly BreakableAuditLog _audit = new();
    private FeedServer _server = null!;
    private ListSet _lists = null!;
    private ListSource _source = null!;

    /// <summary>What is published beside the list.</summary>
    private string? _beside;

    public async ValueTask InitializeAsync()
    {
        _server = await FeedServer.StartAsync(map: (app, _) => app.MapGet(
            "/list.sig", () => _beside is { } text ? Results.Text(text) : Results.NotFound()));
        _lists = new ListSet(new CurrentWatchlist(), [], _time, NullLoggerFactory.Instance);
        Own(_owner);
    }

    public async ValueTask DisposeAsync()
    {
        _lists.Dispose();
        _owner.Dispose();
        _other.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>The configuration says whose the list is.</summary>
    private void Own(SshSigningKey owner)
    {
        _source = _server.Source() with { Owner = owner.Public };
        var feed = new FeedOptions
        {
            Name = "ours", Path = _source.Path, IsFetched = true, Owner = new(owner.Public, _source.Path + ".signed"),
        };
        _ = _lists.Follow(new()
        {
            Lists = [new(feed, _source, TimeSpan.FromDays(7))], Folder = _server.Folder,
        });
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Sign(SshSigningKey key)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return OwnerOfLists.Sign(key, "ours", _server.Body, _time.GetUtcNow());
    }

    private async Task<FetchResult> FetchAsync() => (await _lists.Fetching.FetchNowAsync([], Cancel)).Single().Result;

    private string InForce => _lists.Refresher.States[0].Good is { } good
        ? string.Join(' ', good.Entries.Select(entry => entry.ToString()).Order(StringComparer.Ordinal)) : "";

    [Trait("Attack", "24")]
    [Fact]
    public async Task It_is_in_force_as_its_owner_signed_it_whoever_answers_for_the_host()
    {
        Assert.Equal("unsigned", (await FetchAsync()).Refusal);
        Assert.Contains("there is no https://localhost", Assert.Single(_lists.Read()).Fault, StringComparison.Ordinal);
        Assert.Equal("", InForce);
        Assert.False(File.Exists(_source.Path));

        var (first, old) = (_server.Body, _beside = Sign(_owner));
        Assert.Equal(FetchOutcome.Replaced, (await FetchAsync()).Outcome);
        Assert.Equal("203.0.113.66:443 203.0.113.67", InForce);
        Assert.Equal("", Assert.Single(_lists.Read()).Fault);

        // The host is somebody else's: another list, signed by nobody's key, by the owner's for another, or by one of
        // before.
        _server.Body = "203.0.113.99\n";
        _beside = Sign(_other);
        Assert.Equal("foreign-key", (await FetchAsync()).Refusal);
        _beside = OwnerOfLists.Sign(_owner, "another", _server.Body, _time.GetUtcNow());
        Assert.Equal("other-list", (await FetchAsync()).Refusal);
        _beside = Sign(_owner);
        _server.Body += "203.0.113.100\n";
        var wrong = await FetchAsync();
        Assert.Equal((FetchOutcome.Failed, "other-octets"), (wrong.Outcome, wrong.Refusal));
        Assert.Equal(wrong.Reason, Assert.Single(_lists.Read()).Fault);
        Assert.Equal("203.0.113.66:443 203.0.113.67", InForce);

        _server.Body = "203.0.113.68\n";
        _beside = Sign(_owner);
        Assert.Equal(FetchOutcome.Replaced, (await FetchAsync()).Outcome);
        Assert.Equal("203.0.113.68", InForce);
        (_server.Body, _beside) = (first, old);
        Assert.Equal("older", (await FetchAsync()).Refusal);
        Assert.Equal("203.0.113.68", InForce);

        Assert.Equal(
            ["foreign-key", "older", "other-list", "other-octets", "unsigned"],
            _lists.Record.Refused.Where(one => one is { Key.List: "ours", Value: 1 }).Select(one => one.Key.Reason)
                .Order(StringComparer.Ordinal));
        await _lists.Record.WriteAsync(_audit, Cancel);
        Assert.Equal(5, _audit.EntriesOf(AuditActions.RefuseList).Count());
        Assert.Equal(2, _audit.EntriesOf(AuditActions.ListInForce).Count(entry =>
            entry.Reason.Contains(_owner.Public.Fingerprint, StringComparison.Ordinal)));
    }

    /// <summary>A list is not asked for while its signature is as before; one that is signed anew is of now.</summary>
    [Fact]
    public async Task The_signature_says_whether_there_is_something_new()
    {
        _beside = Sign(_owner);
        _ = await FetchAsync();
        var asked = _server.Asked.Count;
        Assert.Equal(FetchOutcome.Unchanged, (await FetchAsync()).Outcome);
        Assert.Equal(["GET /list.sig"], _server.Asked.Skip(asked).Select(one => one.Line));

        _beside = Sign(_owner);
        Assert.Equal(FetchOutcome.Replaced, (await FetchAsync()).Outcome);
        Assert.Equal(_time.GetUtcNow(), _lists.Refresher.States[0].ChangedAt);

        // What somebody wrote into its place is refused there, and put right by the next fetch.
        File.WriteAllText(_source.Path, "203.0.113.99\n");
        _ = _lists.Refresher.Refresh();
        Assert.Contains("over other octets", _lists.Refresher.States[0].Fault, StringComparison.Ordinal);
        Assert.Equal("203.0.113.66:443 203.0.113.67", InForce);
        Assert.Equal(FetchOutcome.Replaced, (await FetchAsync()).Outcome);
        Assert.Null(_lists.Refresher.States[0].Fault);
    }

    /// <summary>An owner who comes back after another does so by a new signature.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public async Task What_an_owner_signed_before_the_next_one_is_of_before()
    {
        var (first, old) = (_server.Body, _beside = Sign(_owner));
        _ = await FetchAsync();
        Own(_other);
        Assert.Equal("foreign-key", (await FetchAsync()).Refusal);
        _server.Body = "203.0.113.68\n";
        _beside = Sign(_other);
        Assert.Equal(FetchOutcome.Replaced, (await FetchAsync()).Outcome);

        Own(_owner);
        (_server.Body, _beside) = (first, old);
        Assert.Equal("older", (await FetchAsync()).Refusal);
        _beside = Sign(_owner);
        Assert.Equal(FetchOutcome.Replaced, (await FetchAsync()).Outcome);
        Assert.Equal("203.0.113.66:443 203.0.113.67", InForce);
    }

    /// <summary>A start, the publisher asked again to compare, and a copy that differs too much: with the signature.
    /// </summary>
    [Fact]
    public async Task The_signature_goes_with_the_copy_that_is_kept_held_and_verified()
    {
        _server.Body = string.Concat(Enumerable.Range(0, 40).Select(i => $"203.0.113.{i}\n"));
        _beside = Sign(_owner);
        _ = await FetchAsync();
        await _lists.Record.WriteAsync(_audit, Cancel);

        _server.Body = "203.0.113.68\n";
        _beside = Sign(_owner);
        Assert.Equal(FetchOutcome.Held, (await FetchAsync()).Outcome);
        var (source, held) = Assert.Single(_lists.Fetching.Held());
        await _lists.Fetching.ReleaseAsync(source, held, Cancel);
        Assert.Equal("203.0.113.68", InForce);

        _beside = null;
        var verdict = Assert.Single(
            (await _lists.Verifier.TryRunAsync(() => Task.CompletedTask, _server.Folder, Cancel))!);
        Assert.Equal(ListStanding.NotSigned, verdict.Standing);
    }

    [Fact]
    public void Pages_of_a_server_have_no_owner()
    {
        Assert.Equal([], FaultsOf(FeedKind.File));
        Assert.Contains("pages of a server", Assert.Single(FaultsOf(FeedKind.Taxii)), StringComparison.Ordinal);
        Assert.Contains("pages of a server", Assert.Single(FaultsOf(FeedKind.Misp)), StringComparison.Ordinal);
        Assert.Contains(
            "is no public key of", Assert.Single(FaultsOf(FeedKind.File, "lists@cert.example")),
            StringComparison.Ordinal);
        Assert.Equal(
            "https://lists.example/c2.txt.sig?part=1",
            new ListSource { Name = "x", Path = "/x", Url = new("https://lists.example/c2.txt?part=1") }.SignatureUrl.ToString());

        IEnumerable<string> FaultsOf(FeedKind kind, string? owner = null) => ConfigurationReader.Read<MatchingOptions>(
            $"lists: [{{name: x, kind: {kind.ToString().ToLowerInvariant()}, url: 'https://lists.example/c2', "
                + $"owner: '{owner ?? _owner.Public.ToString()}'}}]\n", _ => null)
            .Faults.Select(fault => fault.Sentence);
    }
}
