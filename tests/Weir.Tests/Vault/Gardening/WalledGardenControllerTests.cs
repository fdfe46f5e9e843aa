// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Vault.Chain;
using Weir.Vault.Gardening;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Tests.Vault.Gardening;

public sealed class WalledGardenControllerTests : IDisposable
{
    private static readonly CaseId Id = new(0xCA5E);
    private static readonly ScopeId Scope = new(0x5C0);

    private readonly SmallVault _vault = new();
    private readonly FakeEnforcementBackend _way = new();
    private readonly FakeSubscriberSessions _sessions = new();
    private WalledGardenCounts _counts = new();

    public WalledGardenControllerTests()
    {
        _vault.Get<CaseSealStore>().Seal(
            Id, new SealedSubject(IpKey.Parse("10.9.0.1"), "user:ann", SmallVault.Now, SmallVault.NowMs));
        _sessions.Open.Add(FakeSubscriberSessions.Create(1, "user:ann", "10.9.0.1"));
        _sessions.Open.Add(FakeSubscriberSessions.Create(9, "user:bob", "10.9.0.2"));
    }

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task A_line_goes_into_the_garden_at_every_session_it_has_and_out_again()
    {
        _sessions.Open.Add(FakeSubscriberSessions.Create(2, "user:ann", "2001:db8:7000::/56"));
        var keeper = Keeper();

        var proof = await keeper.ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default);

        Assert.Equal((true, "radius", "CoA-ACK"), (proof.IsDone, proof.Way, proof.Reply));
        Assert.Equal([("1", WalledGarden.Leaky), ("2", WalledGarden.Leaky)], _way.Told.Order());
        Assert.Equal(1, keeper.Standing);
        var entry = Assert.Single(_vault.Audit.Entries);
        Assert.Equal((AuditActions.Garden, AuditActions.Allow, Id.ToString(), Scope.ToString()), (
            entry.Act, entry.Outcome, entry.Case, entry.Scope));
        Assert.Contains("ann+otto", entry.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("user:ann", entry.ToString(), StringComparison.Ordinal);

        _way.Told.Clear();
        Assert.True((await keeper.ApplyAsync(Order(WalledGarden.None), new("desk"), default)).IsDone);
        Assert.Equal([("1", WalledGarden.None), ("2", WalledGarden.None)], _way.Told.Order());
        Assert.Equal(0, keeper.Standing);
    }

    [Fact]
    public async Task The_same_order_again_is_known_after_a_restart_and_sends_nothing()
    {
        var proof = await Keeper().ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default);
        _vault.Open();
        _way.Told.Clear();

        var again = await Keeper().ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default);

        Assert.Equal(proof, again);
        Assert.Empty(_way.Told);
        Assert.Contains("done before", _vault.Audit.Entries[^1].Reason, StringComparison.Ordinal);
        Assert.Equal((1, 0, 1), (_counts.Asked, _counts.Done, _counts.Again));
    }

    [Fact]
    public async Task An_order_that_was_cut_off_is_sent_again()
    {
        using var cut = new CancellationTokenSource();
        var stuck = new StuckEnforcementBackend(cut);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Keeper(stuck).ApplyAsync(Order(WalledGarden.Leaky), new("desk"), cut.Token));
        _vault.Open();

        Assert.True((await Keeper().ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default)).IsDone);
        Assert.Equal([("1", WalledGarden.Leaky)], _way.Told);
    }

    [Fact]
    public async Task What_the_access_system_refuses_does_not_stand_and_half_a_line_is_taken_back()
    {
        _sessions.Open.Add(FakeSubscriberSessions.Create(2, "user:ann", "10.9.0.3"));
        _way.Answers[2] = new(false, false, "CoA-NAK 501 Administratively-Prohibited");
        var keeper = Keeper();

        var proof = await keeper.ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default);

        Assert.False(proof.IsDone);
        Assert.StartsWith("CoA-NAK 501", proof.Reply, StringComparison.Ordinal);
        Assert.Equal(0, keeper.Standing);
        Assert.Equal(("1", WalledGarden.None), _way.Told[^1]);
        Assert.Equal("failed", _vault.Audit.Entries[^1].Outcome);
        Assert.Equal((1, 1), (_counts.Asked, _counts.Failed));
    }

    [Fact]
    public async Task A_session_that_is_gone_hinders_nothing_and_a_line_without_any_is_not_in_the_garden()
    {
        _sessions.Open.Add(FakeSubscriberSessions.Create(2, "user:ann", "10.9.0.3"));
        _way.Answers[2] = new(false, true, "CoA-NAK 503 Session-Context-Not-Found");
        Assert.True((await Keeper().ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default)).IsDone);

        _sessions.Open.Clear();
        Assert.Equal((true, "no session"), Said(await Keeper().ApplyAsync(Order(WalledGarden.None), new("desk"), default)));
        Assert.Equal(
            (false, "no session"), Said(await Keeper().ApplyAsync(Order(WalledGarden.Strict), new("desk"), default)));
    }

    [Fact]
    public async Task A_protected_line_is_never_put_into_the_strict_garden_and_may_be_put_into_the_leaky_one()
    {
        var keeper = Keeper(shielded: new EveryLineProtected());

        var refused = await Assert.ThrowsAsync<VaultRefusedException>(
            () => keeper.ApplyAsync(Order(WalledGarden.Strict), new("desk"), default));

        Assert.Equal(DenyCode.ActionNotAllowed, refused.Code);
        Assert.Equal("action-not-allowed", _vault.Audit.Entries[^1].Outcome);
        Assert.Empty(_way.Told);
        Assert.True((await keeper.ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default)).IsDone);
    }

    [Fact]
    public async Task Without_scope_asker_or_case_nothing_is_done_and_out_needs_the_case_alone()
    {
        async Task<DenyCode> Refused(WalledGardenOrder order) =>
            (await Assert.ThrowsAsync<VaultRefusedException>(() => Keeper().ApplyAsync(order, new("desk"), default))).Code;

        Assert.Equal(DenyCode.NoTrigger, await Refused(Order(WalledGarden.Leaky) with { Scope = default }));
        Assert.Equal(DenyCode.ActionNotAllowed, await Refused(Order(WalledGarden.Leaky) with { By = " " }));
        Assert.Equal(DenyCode.ActionNotAllowed, await Refused(Order(WalledGarden.Leaky) with { Reason = "" }));
        Assert.Equal(DenyCode.Unknown, await Refused(Order(WalledGarden.None) with { Case = new CaseId(5) }));
        Assert.True((await Keeper().ApplyAsync(
            new WalledGardenOrder(Id, default, WalledGarden.None, "", ""), new("desk"), default)).IsDone);
    }

    [Fact]
    public async Task What_cannot_be_put_on_record_is_not_sent()
    {
        _vault.Audit.Fails = true;

        await Assert.ThrowsAsync<AuditException>(() => Keeper().ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default));

        Assert.Empty(_way.Told);
    }

    [Fact]
    public async Task A_session_that_begins_while_its_line_stands_in_a_garden_is_put_there_and_another_lines_is_not()
    {
        var keeper = Keeper();
        await keeper.ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default);
        using var stop = new CancellationTokenSource();
        var running = keeper.RunAsync(stop.Token);

        _sessions.Begin(FakeSubscriberSessions.Create(10, "user:bob", "10.9.0.5"));
        _sessions.Begin(FakeSubscriberSessions.Create(3, "user:ann", "10.9.0.4"));
        await Until.IsSoAsync(() => _counts.Reapplied == 1);

        Assert.Equal([("1", WalledGarden.Leaky), ("3", WalledGarden.Leaky)], _way.Told);
        Assert.Contains("new session", _vault.Audit.Entries[^1].Reason, StringComparison.Ordinal);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task After_a_restart_what_began_meanwhile_is_caught_up_and_what_failed_is_tried_again()
    {
        await Keeper().ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default);
        _vault.Open();
        _sessions.Open.Add(FakeSubscriberSessions.Create(4, "user:ann", "10.9.0.6"));
        _way.Answers[4] = new(false, false, "no answer, sent 3 times");
        var keeper = Keeper();
        using var stop = new CancellationTokenSource();
        var running = keeper.RunAsync(stop.Token);
        await Until.IsSoAsync(() => IsAfterARound(() => _way.TimesTold("4") > 0));

        _way.Answers[4] = new(true, false, "CoA-ACK");
        await Until.IsSoAsync(() => IsAfterARound(() => _counts.Reapplied == 1));

        Assert.Equal(1, _way.TimesTold("1"));
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Rounds come by the vault's clock, which goes on a minute before each look.</summary>
    private bool IsAfterARound(Func<bool> isSo)
    {
        _vault.Clock.Advance(TimeSpan.FromMinutes(1));
        return isSo();
    }

    [Fact]
    public async Task Before_the_key_of_a_case_goes_its_line_is_let_out_and_where_that_fails_the_key_stays()
    {
        var keeper = Keeper();
        var parts = _vault.Get<SealDependencies>() with { Endings = [keeper] };
        var vault = new SealGate(parts, _vault.Audit, _vault.Get<VaultRefusals>(), _vault.Clock);
        await keeper.ApplyAsync(Order(WalledGarden.Strict), new("desk"), default);
        _way.Answers[1] = new(false, false, "no answer, sent 3 times");

        var kept = await Assert.ThrowsAsync<IOException>(() => vault.DestroyAsync(Id, new("desk"), default));
        Assert.Contains("could not be let out", kept.Message, StringComparison.Ordinal);
        Assert.NotNull(_vault.Get<CaseSealStore>().Open(Id));

        _way.Answers[1] = new(true, false, "CoA-ACK");
        await vault.DestroyAsync(Id, new("desk"), default);
        Assert.Equal(("1", WalledGarden.None), _way.Told[^1]);
        Assert.Null(_vault.Get<CaseSealStore>().Open(Id));
        Assert.Empty(Directory.GetFiles(Path.Combine(_vault.Folder, "cases"), $"{Id}*"));
    }

    [Fact]
    public async Task What_stands_lies_sealed()
    {
        await Keeper().ApplyAsync(Order(WalledGarden.Leaky), new("desk"), default);

        var path = Path.Combine(_vault.Folder, "cases", $"{Id}.garden");
        Assert.Equal(-1, (await File.ReadAllBytesAsync(path)).AsSpan().IndexOf("leaky"u8));
        await File.WriteAllBytesAsync(path, new byte[100]);
        Assert.Contains(
            "does not fit", Assert.Throws<InvalidDataException>(() => Keeper()).Message, StringComparison.Ordinal);
    }

    private static (bool, string) Said(WalledGardenResult proof) => (proof.IsDone, proof.Reply);

    private static WalledGardenOrder Order(WalledGarden garden) =>
        new(Id, Scope, garden, "ann+otto", "the customer was told twice");

    private WalledGardenController Keeper(IEnforcementBackend? way = null, IProtectedSubjects? shielded = null) => new(
        new GardenDependencies(
            _vault.Get<CaseSealStore>(), _vault.Get<SubscriberLineNetworks>(), SmallVault.Networks,
            shielded ?? _vault.Get<IProtectedSubjects>(), _sessions),
        way ?? _way, _vault.Audit, _counts = new WalledGardenCounts(), _vault.Clock,
        NullLogger<WalledGardenController>.Instance)
    {
        Pace = TimeSpan.FromMilliseconds(50),
    };

    /// <summary>Cut off in the middle of sending.</summary>
    private sealed class StuckEnforcementBackend(CancellationTokenSource cut) : IEnforcementBackend
    {
        public string Name => "radius";

        public bool IsPerSession => true;

        public async Task<EnforcementResult> ApplyAsync(
            WalledGardenLine line, IReadOnlyList<Weir.Vault.Identity.Intake.SubscriberSession> sessions,
            WalledGarden garden, CancellationToken cancel)
        {
            await cut.CancelAsync();
            cancel.ThrowIfCancellationRequested();
            throw new InvalidOperationException("it was not cut off");
        }
    }
}
