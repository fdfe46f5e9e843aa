// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Commands;
using Weir.Contracts.Customers;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Tests.Auditing;

/// <summary>The desk's record beside the vault's (attack 48).</summary>
public sealed class ChainJoinTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-join-").FullName;

    private string Desk => Path.Combine(_folder, "desk");

    private string Store => Path.Combine(_folder, "store");

    private string Vault => Path.Combine(_folder, "vault");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_missing_on_either_side_is_named()
    {
        var (both, lost, skipped) = (RequestNumber.Create(), RequestNumber.Create(), RequestNumber.Create());
        await WriteAsync(
            Desk, (AuditActions.AskVault, both, VaultRoutes.Disclose),
            (AuditActions.AskVault, lost, VaultRoutes.Garden));
        await WriteAsync(
            Vault, (AuditActions.Disclose, both, ""),
            (AuditActions.Garden, skipped, ""),
            (AuditActions.ShowSubject, RequestNumber.Create(), ""));

        var joined = ChainJoin.Between(Desk, Vault);

        Assert.Equal(1, joined.Joined);
        Assert.Contains($"{lost}) has none in {Vault}", Assert.Single(joined.Unanswered), StringComparison.Ordinal);
        Assert.Contains(skipped, Assert.Single(joined.Missing), StringComparison.Ordinal);
        using var output = new StringWriter();
        Assert.Equal(1, AuditCommand.Join(Desk, Vault, output));
        Assert.Contains("NOT JOINED", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"unanswered: entry ", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>What the desk asked of the vault is not looked for in the store's record, nor the other way round.</summary>
    [Fact]
    public async Task The_stores_record_is_joined_from_the_desks_side_by_what_was_asked_of_the_store()
    {
        var (read, cut, sealed_, skipped) = (
            RequestNumber.Create(), RequestNumber.Create(), RequestNumber.Create(), RequestNumber.Create());
        await WriteAsync(
            Desk, (AuditActions.AskStore, read, StoreRoutes.ReadEvidence),
            (AuditActions.AskVault, sealed_, VaultRoutes.Seal), (AuditActions.AskStore, cut, StoreRoutes.Compare));
        await WriteAsync(Store, (AuditActions.ReadEvidence, read, ""), (AuditActions.Compare, skipped, ""));
        await WriteAsync(Vault, (AuditActions.SealSubject, sealed_, ""));

        var store = ChainJoin.Between(Desk, Store);

        Assert.Equal(1, store.Joined);
        Assert.Contains(cut, Assert.Single(store.Unanswered), StringComparison.Ordinal);
        Assert.Contains(skipped, Assert.Single(store.Missing), StringComparison.Ordinal);
        var vault = ChainJoin.Between(Desk, Vault);
        Assert.Equal((1, 0, 0), (vault.Joined, vault.Unanswered.Count, vault.Missing.Count));
    }

    /// <summary>A store that was asked nothing yet has no act of a store but its opening.</summary>
    [Fact]
    public async Task What_was_asked_of_the_vault_is_not_looked_for_in_a_young_stores_record()
    {
        await WriteAsync(Desk, (AuditActions.AskVault, RequestNumber.Create(), VaultRoutes.Seal));
        await using (FileAuditLog.Open(
            new() { Directory = Store, Version = "test", Process = "store" }, new WallClock(),
            NullLogger<FileAuditLog>.Instance))
        {
        }

        Assert.Empty(ChainJoin.Between(Desk, Store).Unanswered);
    }

    /// <summary>A desk that reads another's record stands in both, in the name of who asked it.</summary>
    [Trait("Attack", "48")]
    [Fact]
    public async Task A_record_that_was_read_unasked_or_in_anothers_name_is_named()
    {
        var (asked, other, skipped) = (RequestNumber.Create(), RequestNumber.Create(), RequestNumber.Create());
        var clock = new WallClock();
        await RecordAsync(Desk, clock, Read(AuditActions.AskStore, asked, "record/lines"),
            Read(AuditActions.AskStore, other, "record/lines"));
        await RecordAsync(
            Store, clock, Read(AuditActions.ReadAudit, asked, "entries after 0"),
            Read(AuditActions.ReadAudit, other, "entries after 0") with { For = "b8petra" },
            Read(AuditActions.ReadAudit, skipped, "entries after 0"));
        clock.Advance(TimeSpan.FromMinutes(2));
        await RecordAsync(Desk, clock);

        // What came after the desk's record was copied is the copying of this one.
        clock.Advance(TimeSpan.FromMinutes(2));
        await RecordAsync(
            Store, clock, Read(AuditActions.ReadAudit, RequestNumber.Create(), "entries after 3"));
        var joined = ChainJoin.Between(Desk, Store);

        Assert.Equal(2, joined.Missing.Count);
        Assert.Contains("was read in another's name (b8petra)", joined.Missing[0], StringComparison.Ordinal);
        Assert.Contains($"{skipped}) has none in the desk's record", joined.Missing[1], StringComparison.Ordinal);

        static AuditEntry Read(string act, string number, string reason) => new()
        {
            Actor = "weir", Role = "machine", Act = act, Outcome = AuditActions.Allow, Request = number,
            Reason = reason, For = "ada",
        };
    }

    /// <summary>Events carry no case: a release filed under a foreign one is found by the scope.</summary>
    [Trait("Attack", "48")]
    [Fact]
    public async Task A_scope_that_the_desk_files_under_another_case_than_before_is_named()
    {
        var (first, second) = (RequestNumber.Create(), RequestNumber.Create());
        const string Foreign = "c-0000000000000009";
        await RecordAsync(Desk, Asked(first), Asked(second) with { Case = Foreign });
        await RecordAsync(
            Store, Released(AuditActions.ReadEvidence, first),
            Released(AuditActions.ReadEvidence, second) with { Case = Foreign });

        Assert.Contains(
            $"of {Foreign}, and entry 2 has it of", Assert.Single(ChainJoin.Between(Desk, Store).Missing),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_records_that_tell_the_same_are_joined()
    {
        var number = RequestNumber.Create();
        await WriteAsync(Desk, (AuditActions.AskVault, number, VaultRoutes.Disclose));
        await WriteAsync(Vault, (AuditActions.Disclose, number, ""));
        using var output = new StringWriter();

        Assert.Equal(0, AuditCommand.Join(Desk, Vault, output));
    }

    [Fact]
    public async Task A_desk_that_says_a_customer_did_what_the_vault_did_not_see_is_named()
    {
        var (seen, invented) = (CustomerAct.NewId(), CustomerAct.NewId());
        await WriteAsync(
            Vault, (AuditActions.ShowSubject, "", ""), (AuditActions.Appeal, seen, ""));
        await WriteAsync(
            Desk, (AuditActions.Appeal, seen, ""),
            (AuditActions.Appeal, invented, ""), (AuditActions.EditCase, "", ""));

        var missing = ChainJoin.Between(Desk, Vault).Missing;

        Assert.Equal(2, missing.Count);
        Assert.All(missing, one => Assert.Contains("no such act", one, StringComparison.Ordinal));
        Assert.DoesNotContain(missing, one => one.Contains("entry 2 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_desk_says_two_people_approved_must_be_what_the_vault_drew_up_and_saw_signed()
    {
        await RecordAsync(
            Vault, Approved(AuditActions.DrawUpApproval, "r-1"), Approved(AuditActions.SignApproval, "r-1", "ana"),
            Approved(AuditActions.SignApproval, "r-1", "olaf"), Approved(AuditActions.DrawUpApproval, "r-2"),
            Approved(AuditActions.SignApproval, "r-2", "ana"));
        await RecordAsync(
            Desk, Approved(AuditActions.ApproveBlock, "r-1", "olaf"), Approved(AuditActions.Block, "r-1", "olaf"),
            Approved(AuditActions.ApproveBlock, "r-2", "olaf"), Approved(AuditActions.ApproveBlock, "r-3", "olaf"),
            Approved(AuditActions.ApproveBlock, "", "olaf"));

        var missing = ChainJoin.Between(Desk, Vault).Missing;

        Assert.Equal(2, missing.Count);
        Assert.Contains("rests on r-2, which 1 signed", missing[0], StringComparison.Ordinal);
        Assert.Contains("rests on r-3, which the vault's record never drew up", missing[1], StringComparison.Ordinal);
    }

    /// <summary>A release of what the brake holds, with no request of the desk or by two whom the vault never saw.
    /// </summary>
    [Theory]
    [InlineData(AuditActions.ReleaseHeld)]
    [InlineData(AuditActions.DropHeld)]
    public async Task What_was_decided_of_a_held_network_is_joined_by_its_number_and_its_approval(string act)
    {
        var (both, skipped, other) = (RequestNumber.Create(), RequestNumber.Create(), RequestNumber.Create());
        await WriteAsync(
            Desk, (AuditActions.AskVault, both, VaultRoutes.DecideNetwork),
            (AuditActions.AskVault, other, VaultRoutes.Grant));
        await WriteAsync(Vault, (act, both, ""), (act, skipped, ""), (act, other, ""));
        await RecordAsync(Vault, Approved(AuditActions.DrawUpApproval, "r-1"));
        await RecordAsync(Desk, Approved(act, "r-9", "olaf"), Approved(act, "") with { Role = "machine" });

        var missing = ChainJoin.Between(Desk, Vault).Missing;

        Assert.Equal(3, missing.Count);
        Assert.Contains($"{skipped}) has none in the desk's record", missing[0], StringComparison.Ordinal);
        Assert.Contains("stands for another request", missing[1], StringComparison.Ordinal);
        Assert.Contains("rests on r-9, which the vault's record never drew up", missing[2], StringComparison.Ordinal);
    }

    /// <summary>A desk that skips its entry may use the number of another.</summary>
    [Trait("Attack", "48")]
    [Fact]
    public async Task A_number_that_is_used_again_for_something_else_is_named()
    {
        var number = RequestNumber.Create();
        var read = Released(AuditActions.ReadEvidence, number) with { PredicateDigest = "aa" };
        await RecordAsync(Desk, Asked(number));
        await RecordAsync(
            Store, read, read, read with { PredicateDigest = "bb" }, read with { Scope = "s-0000000000000002" },
            read with { Case = "c-0000000000000002" }, Released(AuditActions.CountEvidence, number),
            Released(AuditActions.EraseEvidence, number));
        await RecordAsync(Vault, Released(AuditActions.SealSubject, number));

        var store = ChainJoin.Between(Desk, Store);

        Assert.Equal(1, store.Joined);
        Assert.Equal(["entry 4", "entry 5", "entry 6", "entry 7", "entry 8"], store.Missing.Select(one => one[..7]));
        Assert.Contains("asks something else under the number of entry 2", store.Missing[0], StringComparison.Ordinal);
        Assert.Contains("is about", store.Missing[1], StringComparison.Ordinal);
        Assert.Contains("is about", store.Missing[2], StringComparison.Ordinal);
        Assert.Contains("stands for another request", store.Missing[3], StringComparison.Ordinal);
        Assert.Contains("stands for another request", Assert.Single(ChainJoin.Between(Desk, Vault).Missing),
            StringComparison.Ordinal);
        using var output = new StringWriter();
        Assert.Equal(1, AuditCommand.Join(Desk, Vault, output));
    }

    [Trait("Attack", "48")]
    [Fact]
    public async Task A_number_that_the_desk_gives_twice_is_named()
    {
        var number = RequestNumber.Create();
        await RecordAsync(Desk, Asked(number), Asked(number) with { Scope = "s-0000000000000002" });
        await RecordAsync(Store, Released(AuditActions.ReadEvidence, number));

        Assert.Contains(
            "a number is of one request", Assert.Single(ChainJoin.Between(Desk, Store).Missing), StringComparison.Ordinal);
    }

    [Trait("Attack", "48")]
    [Fact]
    public async Task What_was_asked_for_after_it_left_is_named_but_for_what_clocks_differ_by()
    {
        var (later, soon) = (RequestNumber.Create(), RequestNumber.Create());
        var clock = new WallClock();
        await RecordAsync(
            Store, clock, Released(AuditActions.ReadEvidence, later), Released(AuditActions.ReadEvidence, soon));
        clock.Advance(TimeSpan.FromSeconds(30));
        await RecordAsync(Desk, clock, Asked(soon));
        clock.Advance(TimeSpan.FromMinutes(5));
        await RecordAsync(Desk, clock, Asked(later));

        var joined = ChainJoin.Between(Desk, Store);

        Assert.Contains(
            "left before it was asked for", Assert.Single(joined.Missing), StringComparison.Ordinal);
        Assert.Contains(later, joined.Missing[0], StringComparison.Ordinal);
    }

    /// <summary>A record that begins at its first entry lacks nothing of before; one whose beginning went with its
    /// time does.</summary>
    [Trait("Attack", "48")]
    [Fact]
    public async Task A_record_that_was_put_away_and_begun_anew_is_found_and_one_that_is_old_is_not()
    {
        var clock = new WallClock();
        var (old, asked) = (RequestNumber.Create(), RequestNumber.Create());
        await RecordAsync(Store, clock, Released(AuditActions.ReadEvidence, old));
        await RecordAsync(Desk, clock, Asked(old));
        clock.Advance(TimeSpan.FromDays(380));
        await using (var log = Open(Desk, clock))
        {
            await log.SignHeadAsync(default);
            _ = await log.AppendAsync(Asked(asked), default);
        }

        await RecordAsync(Store, clock, Released(AuditActions.ReadEvidence, asked));
        Assert.True(AuditReader.Entries(Desk).First().Sequence > 1);
        Assert.Equal((1, 0), ChainJoin.Between(Desk, Store) is var kept ? (kept.Joined, kept.Missing.Count) : default);

        Directory.Move(Desk, Desk + ".away");
        await RecordAsync(Desk, clock, Asked(RequestNumber.Create()));
        Assert.Equal(2, ChainJoin.Between(Desk, Store).Missing.Count);
    }

    private static AuditEntry Asked(string number) => new()
    {
        Actor = "weir", Role = "machine", Act = AuditActions.AskStore, Outcome = AuditActions.Allow,
        Reason = StoreRoutes.ReadEvidence, Case = "c-0000000000000001", Scope = "s-0000000000000001", Request = number,
    };

    private static AuditEntry Released(string act, string number) => new()
    {
        Actor = "weir-desk", Role = "desk", Act = act, Outcome = AuditActions.Allow,
        Case = "c-0000000000000001", Scope = "s-0000000000000001", Request = number,
    };

    private static FileAuditLog Open(string folder, TimeProvider clock) => FileAuditLog.Open(
        new AuditOptions { Directory = folder, Retention = TimeSpan.FromDays(folder.EndsWith("desk") ? 365 : 1_000) }, clock,
        NullLogger<FileAuditLog>.Instance);

    private static AuditEntry Approved(string act, string approval, string actor = "weir") => new()
    {
        Actor = actor, Role = "operator", Act = act, Outcome = AuditActions.Allow, Approval = approval,
    };

    private static Task RecordAsync(string folder, params AuditEntry[] entries) =>
        RecordAsync(folder, TimeProvider.System, entries);

    private static async Task RecordAsync(string folder, TimeProvider clock, params AuditEntry[] entries)
    {
        await using var log = Open(folder, clock);
        foreach (var entry in entries)
        {
            _ = await log.AppendAsync(entry, default);
        }
    }

    private static async Task WriteAsync(string folder, params (string Act, string Request, string Route)[] entries)
    {
        await using var log = FileAuditLog.Open(
            new AuditOptions { Directory = folder }, TimeProvider.System, NullLogger<FileAuditLog>.Instance);
        foreach (var (act, request, route) in entries)
        {
            _ = await log.AppendAsync(
                new AuditEntry
                {
                    Actor = CustomerAct.IsId(request) || act == AuditActions.EditCase ? "customer" : "weir",
                    Role = CustomerAct.IsId(request) || act == AuditActions.EditCase ? "customer" : "machine",
                    Act = act, Outcome = AuditActions.Allow, Request = request,
                    Reason = route.Length > 0 ? route : $"request={RequestNumber.Create()}, as people write it",
                },
                default);
        }
    }
}
