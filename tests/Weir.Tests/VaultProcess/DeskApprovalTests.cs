// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;

namespace Weir.Tests.VaultProcess;

/// <summary>What two people sign, between the desk and the vault: drawn up for the desk alone, and on both chains.</summary>
public sealed class DeskApprovalTests : IAsyncLifetime
{
    private static readonly CaseId Id = new(0xCA5E);
    private static readonly ScopeId Scope = new(5);

    private VaultHouse _house = null!;

    public async ValueTask InitializeAsync() => _house = await VaultHouse.OpenAsync();

    public async ValueTask DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_request_is_drawn_up_shown_and_refuses_what_is_no_signature()
    {
        var desk = _house.Desk();
        await desk.SealAsync(_house.Give(_house.Order(Id, "10.0.0.7", Scope)), default);
        var wish = new ApprovalWish(
            "a-00000000000000a1", ApprovalAct.Disclosure, Id, Scope, "", "the customer does not answer mail");
        var drawn = await desk.OpenAsync(wish, default);

        Assert.Equal(["analyst", "privacy-officer"], drawn.Texts.Keys.Order());
        Assert.Equal(drawn.Texts, (await desk.FindAsync(wish.Leave, default)).Texts);
        var refused = await Assert.ThrowsAsync<VaultRefusedException>(
            () => desk.SignAsync(wish.Leave, "no signature", default));
        Assert.Equal(ApprovalFaults.Word(ApprovalFault.Malformed), refused.Word);
        var chain = await _house.ChainAsync();
        Assert.Contains(chain, e => e is { Act: AuditActions.DrawUpApproval, Outcome: AuditActions.Allow }
            && ApprovalRequest.IsNumber(e.Approval));
        Assert.Contains(chain, e => e.Act == AuditActions.SignApproval && e.Outcome == refused.Word);
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("store")]
    [InlineData("monitor")]
    [InlineData("operator")]
    public async Task Nobody_but_the_desk_asks_for_any_of_it(string role)
    {
        using var other = _house.As(PeerRoles.Parse(role)!);

        await Assert.ThrowsAsync<PeerRefusedException>(() => other.PostAsync(
            VaultRoutes.OpenApproval, new ApprovalAsk("q-0000000000000001", "a-1", "promotion", "", null, "", "no reason"),
            VaultJson.Default.ApprovalAsk, VaultJson.Default.ApprovalStanding));
        await Assert.ThrowsAsync<PeerRefusedException>(() => other.PostAsync(
            VaultRoutes.SignApproval, new ApprovalSignAsk("q-0000000000000001", "a-1", ""),
            VaultJson.Default.ApprovalSignAsk, VaultJson.Default.ApprovalStanding));
        await Assert.ThrowsAsync<PeerRefusedException>(() => other.GetAsync(
            VaultRoutes.Approval, VaultJson.Default.ApprovalStanding));
    }
}
