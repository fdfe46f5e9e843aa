// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Memory;
using Weir.Tests.Vault.Support;
using Weir.Wire;

namespace Weir.Tests.VaultProcess;

/// <summary>What crosses to the desk, and what becomes of requests when either side is lost.</summary>
public sealed class DeskAnswersTests : IAsyncLifetime
{
    private static readonly CaseId Id = new(0xCA5E);
    private static readonly ScopeId Scope = new(5);

    private VaultHouse _house = null!;

    public async ValueTask InitializeAsync() => _house = await VaultHouse.OpenAsync();

    public async ValueTask DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task Every_request_stands_on_both_chains_under_one_number()
    {
        var desk = _house.Desk();
        var order = _house.Give(_house.Order(Id, "10.0.0.7", Scope));
        await desk.SealAsync(order, default);
        _ = await desk.AttributeAsync(VaultKeeper.Report(IpKey.Parse("10.0.0.8"), null, _house.Clock.GetUtcNow()), default);
        _ = await desk.ReissueAsync([Id], SmallVault.Now + 1, default);
        _ = await desk.DiscloseAsync(Order(), default);
        await desk.DestroyAsync(Id, default);

        var asked = _house.DeskChain.Entries.Select(Number).ToList();
        var left = (await _house.ChainAsync()).Select(Number).ToList();

        Assert.Equal(5, asked.Count);
        Assert.Equal(asked, left);
        Assert.All(_house.DeskChain.Entries, entry => Assert.Equal(AuditActions.AskVault, entry.Act));
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_had_again_under_the_same_number_and_disclosed_once()
    {
        var desk = _house.Desk();
        await desk.SealAsync(_house.Give(_house.Order(Id, "10.0.0.7", Scope)), default);
        _house.Peers.Fate = call => call.Path == VaultRoutes.Disclose ? MemoryFate.LoseReply : MemoryFate.Deliver;
        await Assert.ThrowsAsync<VaultDownException>(() => desk.DiscloseAsync(Order(), default));

        // The vault is killed and comes back; the desk asks again, and gets the same view under the same number.
        await _house.StartAgainAsync();
        var number = Number(_house.DeskChain.Entries[^1]);
        using var again = _house.As(PeerRoles.Desk);
        var view = await again.PostAsync(
            VaultRoutes.Disclose,
            new DiscloseAsk(
                number, ScopeOrderFields.From(_house.Order(Id, "10.0.0.7", Scope)), "ann",
                "analyst", "otto", "privacy-officer", Order().Reason, Order().Number),
            VaultJson.Default.DiscloseAsk, VaultJson.Default.DisclosedLine);

        Assert.Equal("10.0.0.7", view.Line);
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(_house.Folder, "disclosed")));
    }

    [Fact]
    public async Task A_vault_that_is_away_costs_one_entry_and_one_number_for_each_request()
    {
        var desk = _house.Desk();
        var order = _house.Order(Id, "10.0.0.7", Scope);
        _house.Peers.Stop("vault");
        for (var i = 0; i < 360; i++)
        {
            await Assert.ThrowsAsync<VaultDownException>(() => desk.SealAsync(order, default));
        }

        _ = Assert.Single(_house.DeskChain.Entries);
    }

    [Fact]
    public async Task A_seal_that_was_cut_off_behind_its_entry_is_had_by_asking_again()
    {
        var desk = _house.Desk();
        var order = _house.Order(Id, "10.0.0.7", Scope);
        await desk.SealAsync(order, default);
        var beside = Path.Combine(_house.Folder, "cases", $"{Id}.grounds");
        File.Delete(beside);
        await _house.StartAgainAsync();

        await _house.Desk().SealAsync(order, default);

        Assert.True(File.Exists(beside));
        Assert.NotEmpty(await _house.Desk().ReissueAsync([Id], SmallVault.Now, default));
    }

    [Fact]
    public async Task A_vault_that_knows_no_keys_seals_nobody_and_says_so()
    {
        await using var house = await VaultHouse.OpenAsync(options => options with { Grounds = new() });

        Assert.Equal("unknown-key", (await Assert.ThrowsAsync<VaultRefusedException>(
            () => house.Desk().SealAsync(house.Order(Id, "10.0.0.7", Scope), default))).Word);

        Assert.Contains(
            house.Get<HealthRegistry>().Read().Parts,
            part => part.Health.Reason.Contains("vault.event-keys", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_recorded_on_the_desk_does_not_go()
    {
        var desk = _house.Desk();
        _house.DeskChain.Fails = true;

        await Assert.ThrowsAsync<AuditException>(
            () => desk.SealAsync(_house.Order(Id, "10.0.0.7", Scope), default));

        Assert.Empty(await _house.ChainAsync());
    }

    private static string Number(AuditEntry entry) => entry.Request;

    private static DisclosureOrder Order() => new(
        Id, Scope, "ann", "analyst", "otto", "privacy-officer", "the customer is to be told how to clean up", "a-1");
}
