// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Approvals;
using Weir.Contracts.Lists;
using Weir.Contracts.Ssh;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;

namespace Weir.Tests.Matching;

/// <summary>A list from a file, which is taken with its owner's signature alone.</summary>
public sealed class SignedListTests : IDisposable
{
    private const string First = "192.0.2.1\n";
    private const string Second = "192.0.2.2\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-signed").FullName;
    private readonly FakeTimeProvider _time = new(new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly CurrentWatchlist _holder = new();
    private readonly ListRecord _record = new([]);
    private readonly BreakableAuditLog _audit = new();
    private readonly SshSigningKey _owner = new();
    private readonly SshSigningKey _other = new();
    private DateTime _written = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public void Dispose()
    {
        _record.Dispose();
        _owner.Dispose();
        _other.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Place => Path.Combine(_folder, "theirs.txt");

    private FeedOptions OwnedBy(SshSigningKey key) => new()
    {
        Path = Place, Name = "theirs", Owner = new(key.Public, Path.Combine(_folder, "desk", "theirs.signed")),
    };

    private ListRefresher Start(SshSigningKey owner) => new(
        [OwnedBy(owner)], _holder, TimeSpan.FromMinutes(1), _time, NullLogger<ListRefresher>.Instance)
    {
        Record = _record,
    };

    private void Put(string text, string? signature)
    {
        File.WriteAllText(Place, text);
        File.SetLastWriteTimeUtc(Place, _written += TimeSpan.FromSeconds(10));
        File.Delete(Place + ".sig");
        if (signature is not null)
        {
            File.WriteAllText(Place + ".sig", signature);
        }
    }

    private static string Sign(SshSigningKey key, string text, string forNamespace = SignatureNamespace.List) =>
        key.Sign(text, forNamespace).ToString();

    private bool Lists(string address) => _holder.Current.TryFind(WatchlistTests.At(address, 443), 1, out _);

    [Trait("Attack", "24")]
    [Theory]
    [InlineData("unsigned", "there is no ")]
    [InlineData("malformed", "is no signature of ssh-keygen")]
    [InlineData("foreign-key", "is by the key SHA256:")]
    [InlineData("bad-signature", "is over other octets")]
    [InlineData("other-namespace", "was made for weir-governance", SignatureNamespace.Governance)]
    [InlineData("other-namespace", "was made for weir-approval", SignatureNamespace.Approval)]
    [InlineData("other-namespace", "was made for weir-head", SignatureNamespace.Head)]
    public async Task A_version_that_its_owner_did_not_sign_is_refused_whole_and_the_one_in_force_stays(
        string refusal, string why, string forNamespace = SignatureNamespace.List)
    {
        Put(First, Sign(_owner, First));
        var lists = Start(_owner);
        Assert.Empty(lists.Refresh());
        Assert.True(Lists("192.0.2.1"));

        Put(Second, refusal switch
        {
            "unsigned" => null,
            "malformed" => "signed, the owner\n",
            "foreign-key" => Sign(_other, Second),
            "bad-signature" => Sign(_owner, Second + "\n"),
            _ => Sign(_owner, Second, forNamespace),
        });
        var fault = Assert.Single(lists.Refresh());
        Assert.Contains($"list theirs in {Place} is not taken", fault.Message, StringComparison.Ordinal);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
        Assert.Contains("ssh-keygen -Y sign -n weir-list", fault.Message, StringComparison.Ordinal);
        Assert.True(Lists("192.0.2.1"));
        Assert.False(Lists("192.0.2.2"));
        Assert.Equal(fault.Message, lists.States[0].Fault);

        // The same version is refused again, and told and counted once.
        _ = Assert.Single(lists.Refresh());
        Assert.Equal([new(("theirs", refusal), 1)], _record.Refused);
        await _record.WriteAsync(_audit, default);
        Assert.Equal(
            [(AuditActions.ListInForce, "allow"), (AuditActions.RefuseList, refusal)],
            _audit.Entries.Select(entry => (entry.Act, entry.Outcome)));
        Assert.Equal(lists.States[0].Digest, _audit.Entries[0].ResultDigest);
        Assert.Contains(_owner.Public.Fingerprint, _audit.Entries[0].Reason, StringComparison.Ordinal);

        Put(Second, Sign(_owner, Second));
        Assert.Empty(lists.Refresh());
        Assert.True(Lists("192.0.2.2"));
        Assert.Null(lists.States[0].Fault);
    }

    [Trait("Attack", "24")]
    [Fact]
    public void A_start_that_finds_another_file_goes_on_with_the_last_one_that_was_signed_by_the_owner_of_now()
    {
        Put(First, Sign(_owner, First));
        Assert.Empty(Start(_owner).Refresh());

        Put(Second, Sign(_owner, First));
        var after = Start(_owner);
        Assert.Empty(after.Refresh());
        Assert.True(Lists("192.0.2.1"));
        Assert.False(Lists("192.0.2.2"));
        Assert.Contains("is over other octets", after.States[0].Fault, StringComparison.Ordinal);
        Assert.Equal(Place, after.States[0].Good!.Path);

        // What lies in the desk's own folder is believed by its signature alone.
        File.WriteAllText(Path.Combine(_folder, "desk", "theirs.signed"), Second);
        var altered = Start(_owner);
        Assert.Single(altered.Refresh());
        Assert.Null(altered.States[0].Good);
        Assert.False(Lists("192.0.2.2"));
    }

    [Fact]
    public void Another_owner_ends_what_the_one_before_signed()
    {
        Put(First, Sign(_owner, First));
        var lists = Start(_owner);
        Assert.Empty(lists.Refresh());

        Assert.Contains(
            "is by the key", Assert.Single(lists.Follow([OwnedBy(_other)], [])).Message, StringComparison.Ordinal);
        Assert.False(Lists("192.0.2.1"));

        Put(Second, Sign(_other, Second));
        Assert.Empty(lists.Refresh());
        Assert.True(Lists("192.0.2.2"));
        Assert.Equal(0, _record.Refused.Count(one => one.Key.Reason != "foreign-key"));
    }

    [Fact]
    public void A_signed_file_that_is_no_list_keeps_the_one_before_and_names_the_file()
    {
        Put(First, Sign(_owner, First));
        var lists = Start(_owner);
        Assert.Empty(lists.Refresh());

        const string Page = "<html>503</html>\n";
        Put(Page, Sign(_owner, Page));
        var fault = Assert.Single(lists.Refresh());
        Assert.Contains($"list theirs in {Place} is signed and not taken", fault.Message, StringComparison.Ordinal);
        Assert.Contains("holds nothing that can be read as a list", fault.Message, StringComparison.Ordinal);
        Assert.True(Lists("192.0.2.1"));
        Assert.Empty(_record.Refused);
    }

    [Fact]
    public void The_owner_of_the_configuration_is_whose_signature_counts()
    {
        var list = new WatchlistOptions
        {
            Name = "their list", Path = Place, Owner = $"ssh-ed25519 {Convert.ToBase64String(_owner.Public.Blob)} cert",
        }.ToList("/desk");
        Assert.Equal(new ListOwner(_owner.Public, "/desk/lists/their_list.signed"), list.Feed.Owner);
        Assert.Null(new WatchlistOptions { Name = "ours", Path = Place }.ToList("/desk").Feed.Owner);
    }
}
