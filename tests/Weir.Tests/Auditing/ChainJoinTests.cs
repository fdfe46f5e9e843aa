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
            Desk, (AuditActions.AskVault, both), (AuditActions.AskVault, lost));
        await WriteAsync(
            Vault, (AuditActions.Disclose, both),
            (AuditActions.Garden, skipped),
            (AuditActions.ShowSubject, RequestNumber.Create()));

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
            Desk, (AuditActions.AskStore, read), (AuditActions.AskVault, sealed_), (AuditActions.AskStore, cut));
        await WriteAsync(Store, (AuditActions.ReadEvidence, read), (AuditActions.Compare, skipped));
        await WriteAsync(Vault, (AuditActions.SealSubject, sealed_));

        var store = ChainJoin.Between(Desk, Store);

        Assert.Equal(1, store.Joined);
        Assert.Contains(cut, Assert.Single(store.Unanswered), StringComparison.Ordinal);
        Assert.Contains(skipped, Assert.Single(store.Missing), StringComparison.Ordinal);
        var vault = ChainJoin.Between(Desk, Vault);
        Assert.Equal((1, 0, 0), (vault.Joined, vault.Unanswered.Count, vault.Missing.Count));
    }

    [Fact]
    public async Task Two_records_that_tell_the_same_are_joined()
    {
        var number = RequestNumber.Create();
        await WriteAsync(Desk, (AuditActions.AskVault, number));
        await WriteAsync(Vault, (AuditActions.Disclose, number));
        using var output = new StringWriter();

        Assert.Equal(0, AuditCommand.Join(Desk, Vault, output));
    }

    [Fact]
    public async Task A_desk_that_says_a_customer_did_what_the_vault_did_not_see_is_named()
    {
        var (seen, invented) = (CustomerAct.NewId(), CustomerAct.NewId());
        await WriteAsync(
            Vault, (AuditActions.ShowSubject, ""), (AuditActions.Appeal, seen));
        await WriteAsync(
            Desk, (AuditActions.Appeal, seen),
            (AuditActions.Appeal, invented), (AuditActions.EditCase, ""));

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

    private static AuditEntry Approved(string act, string approval, string actor = "weir") => new()
    {
        Actor = actor, Role = "operator", Act = act, Outcome = AuditActions.Allow, Approval = approval,
    };

    private static async Task RecordAsync(string folder, params AuditEntry[] entries)
    {
        await using var log = FileAuditLog.Open(
            new AuditOptions { Directory = folder }, TimeProvider.System, NullLogger<FileAuditLog>.Instance);
        foreach (var entry in entries)
        {
            _ = await log.AppendAsync(entry, default);
        }
    }

    private static async Task WriteAsync(string folder, params (string Act, string Request)[] entries)
    {
        await using var log = FileAuditLog.Open(
            new AuditOptions { Directory = folder }, TimeProvider.System, NullLogger<FileAuditLog>.Instance);
        foreach (var (act, request) in entries)
        {
            _ = await log.AppendAsync(
                new AuditEntry
                {
                    Actor = CustomerAct.IsId(request) || act == AuditActions.EditCase ? "customer" : "weir",
                    Role = CustomerAct.IsId(request) || act == AuditActions.EditCase ? "customer" : "machine",
                    Act = act, Outcome = AuditActions.Allow, Request = request,
                    Reason = $"request={RequestNumber.Create()}, as people write it",
                },
                default);
        }
    }
}
