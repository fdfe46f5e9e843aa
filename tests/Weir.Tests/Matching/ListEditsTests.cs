// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Desk.Cases.Braking;
using Weir.Desk.Cases.Records;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Records;
using Weir.Tests.Cases;
using Weir.Tests.Support;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Tests.Matching;

/// <summary>Which edit of a list brought what a contact is about: read from files, over restarts.</summary>
public sealed class ListEditsTests : IDisposable
{
    private const int First = ListEdit.Unlisted + 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-edits-").FullName;
    private readonly SteppedTime _clock = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly CurrentWatchlist _lists = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_load_is_one_edit_and_each_change_another_over_a_restart_too()
    {
        var edits = Open();
        Read(edits, ("a", ["192.0.2.1", "192.0.2.2"]), ("b", ["198.51.100.1"]));
        Assert.Equal((First, First, First + 1), (Of(edits, "192.0.2.1"), Of(edits, "192.0.2.2"), Of(edits, "198.51.100.1")));
        Assert.Equal((true, 2, "a"), (edits.Find(First)!.IsFirst, edits.Find(First)!.Entries, edits.Find(First)!.List));

        // While nothing ran, too; and what another list names besides is nothing new.
        edits = Open();
        Read(edits, ("a", ["192.0.2.1", "192.0.2.2", "192.0.2.3"]), ("b", ["198.51.100.1", "192.0.2.1"]));
        Assert.Equal((First, First + 2), (Of(edits, "192.0.2.1"), Of(edits, "192.0.2.3")));
        Assert.False(edits.Find(First + 2)!.IsFirst);
        edits = Open();
        Read(edits, ("a", ["192.0.2.1", "192.0.2.2", "192.0.2.3"]), ("b", ["198.51.100.1", "192.0.2.1"]));
        Assert.Null(edits.Find(First + 3));
        Assert.Equal(First + 2, Of(edits, "192.0.2.3"));
    }

    /// <summary>Who takes an entry off a list for one reading frees it of nothing that its edit is under.</summary>
    [Fact]
    public void What_is_gone_belongs_to_its_edit_for_a_trial_and_is_new_when_it_comes_back_later()
    {
        var edits = Open();
        Read(edits, ("a", ["192.0.2.1", "192.0.2.2"]));
        Read(edits, ("a", ["192.0.2.1"]));
        Assert.Equal((First, ListEdit.Unlisted), (Of(edits, "192.0.2.2"), Of(edits, "192.0.2.3")));
        edits = Open();
        Read(edits, ("a", ["192.0.2.1"]));
        Assert.Equal(First, Of(edits, "192.0.2.2"));
        Read(edits, ("a", ["192.0.2.1", "192.0.2.2"]));
        Assert.Equal(First, Of(edits, "192.0.2.2"));
        Assert.Null(edits.Find(First + 1));

        // One that came and one that went between two readings are as many entries as before.
        Read(edits, ("a", ["192.0.2.1"]));
        Read(edits, ("a", ["192.0.2.2"]));
        _clock.Advance(ListEdit.Trial);
        edits = Open();
        Assert.Equal((ListEdit.Unlisted, First), (Of(edits, "192.0.2.1"), Of(edits, "192.0.2.2")));
        Read(edits, ("a", ["192.0.2.1", "192.0.2.2"]));
        Assert.Equal((First + 1, First), (Of(edits, "192.0.2.1"), Of(edits, "192.0.2.2")));
    }

    [Fact]
    public void What_moved_to_another_list_is_not_new()
    {
        var edits = Open();
        Read(edits, ("a", ["192.0.2.1"]));
        Read(edits, ("a", ["192.0.2.1", "192.0.2.2"]));
        Read(edits, ("other", ["192.0.2.1", "192.0.2.2"]));
        Assert.Equal((First, First + 1), (Of(edits, "192.0.2.1"), Of(edits, "192.0.2.2")));
    }

    [Fact]
    public void What_named_a_network_or_every_port_is_found_by_its_contacts_when_it_is_gone()
    {
        var edits = Open();
        var tag = new ListTag("a", ListRole.C2, 100, "");
        ListEntry[] entries =
        [
            new(Prefix.Parse("192.0.2.0/25"), 443, 0, tag, 0, 0, ListEntry.Never, 0),
            new(Prefix.Parse("198.51.100.0/24"), 0, 17, tag, 0, 0, ListEntry.Never, 0),
        ];
        Force(edits, [FeedOf("a", entries, tag)]);
        Force(edits, [FeedOf("a", entries[..0], tag)]);
        Assert.Equal((First, ListEdit.Unlisted), (Of(edits, "192.0.2.7"), Of(edits, "192.0.2.200")));
        Assert.Equal(ListEdit.Unlisted, Of(edits, "198.51.100.1"));
        Assert.Equal(First, edits.Of(new Endpoint(IpKey.Parse("198.51.100.1"), 9, 17)));
    }

    /// <summary>What was decided of an edit is of none that comes after the file is lost.</summary>
    [Fact]
    public async Task Numbers_that_the_records_know_are_not_given_again()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        using var file = RecordsFile.Open(place.Path);
        Assert.Equal(0, await new CaseRecords(file).LoadLatestEditAsync(default));
        _ = await file.WriteAsync(
            connection =>
            {
                using var known = connection.Statement(
                    "INSERT INTO held_networks (network, state, since_ms, lines, bound, events, lost, detail, endpoint, "
                        + "approval, told, settled_edit, waiting_edit) "
                        + "VALUES ($1, 5, 0, 0, 0, 0, 0, '', '', 0, 0, $2, $3)");
                _ = known.Run("update-7", 0L, 0L);
                _ = known.Run("192.0.2.0/24", 40L, 0L);
                return known.Run("198.51.100.0/24", 3L, 41L);
            },
            default);
        var edits = Open();
        edits.Reserve(await new CaseRecords(file).LoadLatestEditAsync(default));
        Read(edits, ("a", ["192.0.2.1"]));
        Assert.Equal(42, Of(edits, "192.0.2.1"));
        edits = Open();
        edits.Reserve(41);
        Read(edits, ("a", ["192.0.2.1", "192.0.2.2"]));
        Assert.Equal((42, 43), (Of(edits, "192.0.2.1"), Of(edits, "192.0.2.2")));
    }

    /// <summary>A list whose file cannot be read is not one that names nothing.</summary>
    [Fact]
    public void What_a_list_that_cannot_be_read_names_stays_known()
    {
        var edits = Open();
        Read(edits, ("a", ["192.0.2.1"]), ("b", ["198.51.100.1"]));
        edits = Open();
        edits.Take([FeedOf("a", ["192.0.2.1"])], isWhole: false);
        Read(edits, ("a", ["192.0.2.1"]), ("b", ["198.51.100.1"]));
        Assert.Equal(First + 1, Of(edits, "198.51.100.1"));
    }

    [Fact]
    public void What_two_people_promoted_is_never_new_and_what_informs_is_no_entry()
    {
        var edits = Open();
        var promoted = FeedOf("promoted", ["192.0.2.1"], new("promoted", ListRole.C2, 100, "") { IsOwnConfirmation = true });
        var informs = FeedOf("scanners", ["192.0.2.9"], new("scanners", ListRole.Attacker, 50, ""));
        Force(edits, [promoted, informs]);
        Assert.Equal(ListEdit.Confirmed, Of(edits, "192.0.2.1"));
        Force(edits, [promoted, FeedOf("scanners", ["192.0.2.9"])]);
        Assert.Equal("scanners", edits.Find(Of(edits, "192.0.2.9"))!.List);
    }

    [Fact]
    public void A_damaged_file_is_named_with_the_way_out()
    {
        var edits = Open();
        Read(edits, ("a", ["192.0.2.1"]));
        foreach (var text in (string[])["", "next 7\nwhat is this", "next 7\n1 2 3 4 5 6", "next 7\nzz 1 2 3 4",
            "next 7\ngone 5 1 2 3 4"])
        {
            File.WriteAllText(Path.Combine(_folder, "listed-entries.txt"), text);
            var fault = Assert.Throws<InvalidDataException>(Open);
            Assert.Contains("listed-entries.txt", fault.Message, StringComparison.Ordinal);
            Assert.Contains("remove it", fault.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The refresher tells of what is listed before it is in force.</summary>
    [Fact]
    public void An_edited_file_is_an_edit()
    {
        var file = Path.Combine(_folder, "our-c2.txt");
        File.WriteAllText(file, "192.0.2.1\n");
        var edits = Open();
        var refresher = new ListRefresher(
            [new FeedOptions { Path = file, Name = "our-c2", Role = ListRole.C2 }], _lists, TimeSpan.FromHours(1), _clock,
            NullLogger<ListRefresher>.Instance)
        {
            Edits = edits,
        };
        Assert.Empty(refresher.Refresh());
        Assert.Equal(First, Of(edits, "192.0.2.1"));
        File.WriteAllText(file, "192.0.2.1\n192.0.2.2\n# and no more\n");
        Assert.Empty(refresher.Refresh());
        Assert.Equal((First, First + 1), (Of(edits, "192.0.2.1"), Of(edits, "192.0.2.2")));
    }

    [Fact]
    public void What_a_long_list_names_besides_is_an_edit_of_that_alone()
    {
        var tag = new ListTag("big", ListRole.C2, 100, "");
        var edits = Open();
        ListEntry[] entries = [.. Enumerable.Range(0, 10_000).Select(i => EntryOf(IpKey.FromV4(0x0100_0000U + (uint)i), tag))];
        edits.Take([FeedOf("big", [.. entries[..5_000], .. entries[5_001..]], tag)], isWhole: true);
        edits.Take([FeedOf("big", entries, tag)], isWhole: true);
        Assert.Equal(1, edits.Find(First + 1)!.Entries);
        Force(edits, [FeedOf("big", entries, tag)]);
        Assert.Equal(
            (First, First + 1, First), (Of(edits, "1.0.19.135"), Of(edits, "1.0.19.136"), Of(edits, "1.0.19.137")));
    }

    private ListEdits Open() => new(_folder, _lists, _clock, NullLogger<ListEdits>.Instance);

    private static int Of(ListEdits edits, string address) => edits.Of(new Endpoint(IpKey.Parse(address), 443, 6));

    private void Read(ListEdits edits, params (string Name, string[] What)[] lists) =>
        Force(edits, [.. lists.Select(list => FeedOf(list.Name, list.What))]);

    private void Force(ListEdits edits, Feed[] feeds)
    {
        edits.Take(feeds, isWhole: true);
        _lists.Replace(Watchlist.From(feeds, _clock.GetUtcNow()));
    }

    private static Feed FeedOf(string name, string[] what, ListTag? tag = null)
    {
        var of = tag ?? new ListTag(name, ListRole.C2, 100, "");
        return FeedOf(name, [.. what.Select(one => EntryOf(IpKey.Parse(one), of))], of);
    }

    private static Feed FeedOf(string name, ListEntry[] entries, ListTag tag) => new()
    {
        Name = name, Path = "", Format = "text", Role = tag.Role, Entries = entries, Domains = [],
        Refused = new(0, []), Ignored = new Dictionary<string, int>(), ReadAt = DateTimeOffset.UnixEpoch,
    };

    private static ListEntry EntryOf(IpKey address, ListTag tag) =>
        new(Prefix.From(address, 128), 0, 0, tag, 0, 0, ListEntry.Never, 0);
}
