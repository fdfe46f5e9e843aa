// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Vault.Subjects;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.DeskProcess;

/// <summary>What the vault asks of the desk for a customer's own view.</summary>
public sealed class SubjectScopesTests
{
    [Fact]
    public async Task The_vault_gets_the_scopes_of_cases_each_on_record()
    {
        await using var desk = await DeskPeers.OpenAsync();
        await desk.Cases.HandleAsync(
            Event(1, 7, RuleId.FloodOut, Class(Direction.Out, Udp, [7703], "203.0.113.9")));
        var id = desk.Cases.Desk.Files.Single().Id;
        using var vault = desk.Client(PeerRoles.Vault);

        var scope = Assert.Single(await new DeskRecords(vault).ScopesAsync([id, new(99)], default));

        Assert.Equal(
            (id.ToString(), "ddos-source", "open"), (scope.Case, scope.Purpose, scope.State));
        Assert.Equal(
            [AuditActions.Allow, "unknown"],
            desk.Cases.Audit.EntriesOf(AuditActions.ShowSubject).Select(entry => entry.Outcome));
    }

    [Fact]
    public async Task Nobody_else_does_and_a_desk_that_is_away_is_told_in_the_view()
    {
        await using var desk = await DeskPeers.OpenAsync();
        using var collector = desk.Client(PeerRoles.Collector);
        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() => collector.PostAsync(
            DeskRoutes.SubjectScopes, new SubjectScopesAsk([]), DeskJson.Default.SubjectScopesAsk,
            DeskJson.Default.SubjectScopesReply));
        Assert.Equal(PeerCodes.RoleMayNot, refused.Code);
        _ = await Assert.ThrowsAsync<IOException>(() => new DeskRecords(collector).ScopesAsync([], default));
        Assert.Empty(desk.Cases.Audit.EntriesOf(AuditActions.ShowSubject));
    }

    [Fact]
    public async Task More_cases_than_one_question_may_name_are_refused_whole()
    {
        await using var desk = await DeskPeers.OpenAsync();
        using var vault = desk.Client(PeerRoles.Vault);
        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() => vault.PostAsync(
            DeskRoutes.SubjectScopes,
            new SubjectScopesAsk([.. Enumerable.Repeat("c-0000000000000001", SubjectScopesAsk.Max + 1)]),
            DeskJson.Default.SubjectScopesAsk, DeskJson.Default.SubjectScopesReply));
        Assert.Equal("too-many", refused.Code);
        Assert.Empty(desk.Cases.Audit.EntriesOf(AuditActions.ShowSubject));
    }
}
