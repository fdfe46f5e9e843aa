// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Hosting.Blocking;
using Weir.Tests.Blocking;
using Weir.Tests.Vault.Support;
using Weir.Vault.Gardening;
using Weir.Vault.LineRoutes;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Tests.Vault.LineRoutes;

/// <summary>What the vault's router is told: the line of each case where it is now, and nothing of a line that cannot
/// be told from others.</summary>
public sealed class LineRouteLedgerTests : IDisposable
{
    private const long Now = SmallVault.NowMs;
    private static readonly CaseId Id = new(0xCA5E);
    private static readonly LeaseId Lease = new(7);

    private readonly SmallVault _vault = new();
    private readonly FakeMitigationBackend _router = new();
    private readonly LineRouteLedger _ledger;
    private readonly MitigationReconciler _keeper;

    public LineRouteLedgerTests()
    {
        _ledger = new(
            new(new LineRouteOptions { Asn = 64500 }, Routes, Seals, _vault.Get<SubscriberLineNetworks>()), _vault.Clock);
        _keeper = new(_router, _ledger, _vault.Clock, NullLogger<MitigationReconciler>.Instance);
    }

    private LineRouteStore Routes => _vault.Get<LineRouteStore>();

    private CaseSealStore Seals => _vault.Get<CaseSealStore>();

    public void Dispose()
    {
        _keeper.Dispose();
        _vault.Dispose();
    }

    [Fact]
    public async Task A_route_follows_its_line_to_the_address_that_it_has_now()
    {
        _vault.Identity.Add("10.9.0.1/32", "user:ann", Now - 1_000, Now + 60_000);
        _vault.Identity.Add("10.9.0.2/32", "user:ann", Now + 60_000);
        Put("10.9.0.1", "user:ann");
        Assert.Equal(new(LeaseState.Approved, LeaseReasonCode.NotAsked), _ledger.Find(Lease));

        Assert.True(await _keeper.RoundAsync(default));
        Assert.Equal(["flowspec 198.51.100.7/32 tcp 443 discard line=10.9.0.1/32"], _router.Ours.Keys);
        Assert.Equal(new(LeaseState.Verified, LeaseReasonCode.None, new(1, 1)), _ledger.Find(Lease));

        _vault.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await _keeper.RoundAsync(default));
        Assert.Equal(["flowspec 198.51.100.7/32 tcp 443 discard line=10.9.0.2/32"], _router.Ours.Keys);
    }

    [Theory]
    [InlineData("10.9.0.9/32", 0, ushort.MaxValue, LeaseReasonCode.NoAddress)]
    [InlineData("192.0.2.1/32", 1_024, 2_047, LeaseReasonCode.SharedAddress)]
    public async Task A_line_without_an_address_of_its_own_waits_and_says_why(
        string network, ushort portFrom, ushort portTo, LeaseReasonCode why)
    {
        var until = why == LeaseReasonCode.NoAddress ? Now - 1 : long.MaxValue;
        _vault.Identity.Add(network, "user:ann", Now - 1_000, until, portFrom, portTo);
        Put("10.9.0.9", "user:ann");

        Assert.True(await _keeper.RoundAsync(default));

        Assert.Empty(_router.Ours);
        Assert.Equal(new(LeaseState.Approved, why), _ledger.Find(Lease));
    }

    [Fact]
    public async Task A_line_of_the_other_family_than_what_is_closed_waits()
    {
        Put("2001:db8:1:200::", "");

        Assert.True(await _keeper.RoundAsync(default));

        Assert.Empty(_router.Ours);
        Assert.Equal(LeaseReasonCode.NoAddress, _ledger.Find(Lease).Reason.Code);
    }

    [Fact]
    public async Task What_is_over_and_what_has_no_key_goes()
    {
        Put("10.0.0.7", "");
        Assert.True(await _keeper.RoundAsync(default));
        Assert.Single(_router.Ours);
        Assert.Equal(_vault.Clock.GetUtcNow().AddHours(1), _ledger.NextEnd);

        _vault.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await _keeper.RoundAsync(default));
        Assert.Empty(_router.Ours);
        Assert.Empty(Routes.All);
        Assert.Null(_ledger.NextEnd);

        Put("10.0.0.7", "");
        Assert.True(await _keeper.RoundAsync(default));
        Assert.Single(_router.Ours);
        Seals.Destroy(Id);
        Assert.True(await _keeper.RoundAsync(default));
        Assert.Empty(_router.Ours);
    }

    [Fact]
    public async Task A_router_that_does_not_answer_is_said_to_and_one_that_refuses_too()
    {
        Put("10.0.0.7", "");
        _router.IsAway = true;
        Assert.False(await _keeper.RoundAsync(default));
        Assert.Equal(new(LeaseState.Approved, LeaseReasonCode.NoAnswer), _ledger.Find(Lease));

        _router.IsAway = false;
        _ = _router.Refuses.Add("flowspec 198.51.100.7/32 tcp 443 discard line=10.0.0.7/32");
        Assert.True(await _keeper.RoundAsync(default));
        Assert.Equal(LeaseReasonCode.NotTaken, _ledger.Find(Lease).Reason.Code);
    }

    [Fact]
    public async Task An_order_brings_a_round()
    {
        using var end = new CancellationTokenSource();
        var running = _keeper.RunAsync(end.Token);
        Put("10.0.0.7", "");
        _ledger.Trigger();

        await Weir.Tests.Support.Until.IsSoAsync(() => Task.FromResult(_router.Ours.Count == 1), "the route");

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private void Put(string subject, string line)
    {
        _ = Seals.Seal(Id, new(IpKey.Parse(subject), line, SmallVault.Now, Now));
        Routes.Put(new(
            Id, Lease, MitigationTarget.Parse("flowspec 198.51.100.7/32 tcp 443 discard line=erased"),
            _vault.Clock.GetUtcNow().AddHours(1)));
    }
}
