// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Approvals;
using Weir.Contracts.Lists;
using Weir.Contracts.Ssh;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
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

    /// <summary>A second later than the one before.</summary>
    private string Sign(
        SshSigningKey key, string text, string forNamespace = SignatureNamespace.List, string list = "theirs")
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return OwnerOfLists.Sign(key, list, text, _time.GetUtcNow(), forNamespace);
    }

    private bool Lists(string address) => _holder.Current.TryFind(WatchlistTests.At(address, 443), 1, out _);

    [Trait("Attack", "24")]
    [Theory]
    [InlineData("unsigned", "there is no ")]
    [InlineData("malformed", "is no signature of a list")]
    [InlineData("malformed", "is no signature of a list", "octets alone")]
    [InlineData("foreign-key", "is by the key SHA256:")]
    [InlineData("other-octets", "is over other octets")]
    [InlineData("bad-signature", "is not the key's over what stands there")]
    [InlineData("other-list", "is for the list of others")]
    [InlineData("older", "and the one in force of ")]
    [InlineData("ahead", "which is to come")]
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
            "malformed" => forNamespace == SignatureNamespace.List ? "signed, the owner\n"
                : _owner.Sign(Second, SignatureNamespace.List).ToString(),
            "foreign-key" => Sign(_other, Second),
            "other-octets" => Sign(_owner, Second + "\n"),
            "bad-signature" => Sign(_owner, Second).Replace("T12:00:02Z", "T12:00:03Z", StringComparison.Ordinal),
            "other-list" => Sign(_owner, Second, list: "of others"),
            "older" => OwnerOfLists.Sign(_owner, "theirs", Second, _time.GetUtcNow() - TimeSpan.FromSeconds(1)),
            "ahead" => OwnerOfLists.Sign(
                _owner, "theirs", Second, _time.GetUtcNow() + SignedList.Tolerance + TimeSpan.FromSeconds(1)),
            _ => Sign(_owner, Second, forNamespace),
        });
        var fault = Assert.Single(lists.Refresh());
        Assert.Contains($"list theirs in {Place} is not taken", fault.Message, StringComparison.Ordinal);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
        Assert.Contains("weir watchlist sign FILE --list theirs", fault.Message, StringComparison.Ordinal);
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
        Assert.Contains($"sha256: {lists.States[0].Digest}\n", _audit.Entries[0].Text, StringComparison.Ordinal);
        Assert.True(SshSignature.TryParse(_audit.Entries[0].Signature, out var signature));
        Assert.Equal(SshSignatureFault.None, signature.Verify(
            Encoding.UTF8.GetBytes(_audit.Entries[0].Text), SignatureNamespace.List));

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

    /// <summary>Who may write the folder puts back what the owner signed before, or another version of the same second,
    /// or another list of the same owner; the owner alone goes back.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public void What_the_owner_signed_before_does_not_come_back_but_by_a_new_signature()
    {
        var (old, older) = (Sign(_owner, First), _time.GetUtcNow());
        Put(First, old);
        var lists = Start(_owner);
        Assert.Empty(lists.Refresh());
        Assert.Equal(older, lists.States[0].ChangedAt);
        Put(Second, Sign(_owner, Second));
        Assert.Empty(lists.Refresh());
        var twin = OwnerOfLists.Sign(_owner, "theirs", First, _time.GetUtcNow());

        foreach (var (signature, one) in new[] { (old, lists), (old, Start(_owner)), (twin, lists), (twin, Start(_owner)) })
        {
            Put(First, signature);
            _ = one.Refresh();
            Assert.Contains("and the one in force of ", one.States[0].Fault, StringComparison.Ordinal);
            Assert.True(Lists("192.0.2.2"));
            Assert.False(Lists("192.0.2.1"));
        }

        Put(First, Sign(_owner, First));
        Assert.Empty(lists.Refresh());
        Assert.True(Lists("192.0.2.1"));
        Assert.Equal(_time.GetUtcNow(), lists.States[0].ChangedAt);

        // A signature alone, over what is in force, says that it is still so.
        File.WriteAllText(Place + ".sig", Sign(_owner, First));
        File.SetLastWriteTimeUtc(Place + ".sig", _written += TimeSpan.FromSeconds(10));
        Assert.Empty(lists.Refresh());
        Assert.Equal(_time.GetUtcNow(), lists.States[0].ChangedAt);
    }

    /// <summary>The desk is killed while it keeps a newer version: what was written of it lies beside the one of before,
    /// cut anywhere, or stands in its place whole.</summary>
    [Fact]
    public void A_kill_at_any_point_leaves_the_version_of_before_or_the_new_one()
    {
        Put(First, Sign(_owner, First));
        Assert.Empty(Start(_owner).Refresh());
        var before = Kept();
        Put(Second, Sign(_owner, Second));
        Assert.Empty(Start(_owner).Refresh());
        var after = Kept();

        // What lies in the list's own place is of no use, and each start has what is kept alone.
        Put("192.0.2.9\n", null);
        var kept = before.Name;
        foreach (var length in Enumerable.Range(0, after.Octets.Length))
        {
            File.WriteAllBytes(kept, before.Octets);
            File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(kept)!, ".theirs.signed.1.part"), after.Octets[..length]);
            Assert.Empty(Start(_owner).Refresh());
            Assert.True(Lists("192.0.2.1"));
        }

        File.WriteAllBytes(kept, after.Octets);
        Assert.Empty(Start(_owner).Refresh());
        Assert.True(Lists("192.0.2.2"));

        (string Name, byte[] Octets) Kept()
        {
            var file = Assert.Single(Directory.GetFiles(Path.Combine(_folder, "desk")));
            return (file, File.ReadAllBytes(file));
        }
    }

    [Fact]
    public void A_folder_that_nobody_can_sign_is_told_with_what_to_have_instead()
    {
        _ = Directory.CreateDirectory(Place);
        Assert.Contains(
            "is a folder, which no owner signs; have it as one file",
            Assert.Single(Start(_owner).Refresh()).Message, StringComparison.Ordinal);
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

    /// <summary>An owner who comes back after another does so by a new signature: what they signed before the other is
    /// as old as it was.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public void What_an_owner_signed_before_the_next_one_does_not_come_back_with_the_owner()
    {
        var old = Sign(_owner, First);
        Put(First, old);
        Assert.Empty(Start(_owner).Refresh());
        Put(Second, Sign(_other, Second));
        Assert.Empty(Start(_other).Refresh());

        Put(First, old);
        var back = Start(_owner);
        Assert.Contains("and the one in force of ", Assert.Single(back.Refresh()).Message, StringComparison.Ordinal);
        Assert.False(Lists("192.0.2.1"));

        Put(First, Sign(_owner, First));
        Assert.Empty(back.Refresh());
        Assert.True(Lists("192.0.2.1"));
    }

    /// <summary>The time of what was kept counts as its owner signed it: written to be of years to come, it keeps nobody
    /// from signing now.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public void A_time_that_nobody_signed_makes_no_later_version_old()
    {
        Put(First, Sign(_owner, First));
        Assert.Empty(Start(_owner).Refresh());
        var kept = OwnedBy(_owner).Owner!.Kept;
        var year = _time.GetUtcNow().Year;
        File.WriteAllText(kept, File.ReadAllText(kept).Replace(
            $"signed-at: {year}", $"signed-at: {year + 50}", StringComparison.Ordinal));

        Put(Second, Sign(_other, Second));
        Assert.Empty(Start(_other).Refresh());
        Assert.True(Lists("192.0.2.2"));
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
        Assert.Equal(new ListOwner(_owner.Public, "/desk/lists/their%20list.signed"), list.Feed.Owner);
        Assert.Null(new WatchlistOptions { Name = "ours", Path = Place }.ToList("/desk").Feed.Owner);
    }

    /// <summary>Two lists with one copy would be one list, and what one publisher sends would be in force for both.
    /// </summary>
    [Fact]
    public void No_two_lists_have_one_copy()
    {
        string[] names =
        [
            "a", "A", "a b", "a_b", "a.b", "a/b", "a%20b", "ä", "å", ".", "..", "a.signed", "a.fetch", new('ä', 80),
            new('ä', 81), new string('ä', 80) + "b",
        ];
        var copies = names.Select(name => new WatchlistOptions { Name = name, Url = "https://lists.example/a" }
            .ToList("/desk").Feed.Path).ToList();

        Assert.Equal(names.Length, copies.Distinct(StringComparer.Ordinal).Count());
        Assert.All(copies, copy => Assert.Equal("/desk/lists", Path.GetDirectoryName(Path.GetFullPath(copy))));
        Assert.All(copies, copy => Assert.InRange(Path.GetFileName(copy).Length, 1, 200));
        Assert.Equal(["/desk/lists/a", "/desk/lists/a_b"], [copies[0], copies[3]]);
    }
}
