// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Grounds;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Ssh;
using Weir.Hosting.GoBgp;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.VaultClient;
using Weir.Tests.Contracts.Approvals;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;

namespace Weir.Tests.VaultProcess;

/// <summary>What two people signed for a route of a line is what stands, for as long as they said and for the case they
/// said, whatever the desk asks (attacks 9 and 17).</summary>
public sealed class LineRouteApprovalTests : IAsyncLifetime
{
    private const string Target = "flowspec 198.51.100.7/32 tcp 443 discard line=erased";

    private static readonly CaseId Id = new(0xCA5E);
    private static readonly ScopeId Scope = new(5);
    private static readonly LeaseId Lease = new(7);
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(3);

    /// <summary>What is said where nobody signed it, or no longer, or signed something else.</summary>
    private static readonly string[] NotSigned =
    [
        ApprovalFaults.Word(ApprovalFault.SecondPersonNeeded), ApprovalFaults.Word(ApprovalFault.Stale),
        ApprovalFaults.Word(ApprovalFault.OtherText),
    ];

    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _olaf = new("olaf", Role.Operator);

    private VaultHouse _house = null!;

    public async ValueTask InitializeAsync() => _house = await VaultHouse.OpenAsync(options => options with
    {
        People = new(new People("test-net", [_ana.Person, _olaf.Person])),
        Settings = SmallVault.Configured(options) with
        {
            Vault = SmallVault.Configured(options).Vault with
            {
                LineRoutes = new() { Gobgp = GoBgpAddress.Parse("127.0.0.1:1"), Asn = 64500 },
            },
        },
    });

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        _ana.Dispose();
        _olaf.Dispose();
    }

    [Fact]
    public async Task A_route_stands_no_longer_than_two_people_signed_and_is_not_lengthened_without_them()
    {
        var desk = await SealedAsync(Id, "10.0.0.7", Scope);
        Assert.Equal("second-person-needed", await WordAsync(
            () => desk.AnnounceAsync(Route(_house.Clock.GetUtcNow().AddDays(1)), default)));
        var latest = await SignedAsync(desk) + Lasts;

        Assert.Equal(VaultCodes.OtherThanGrounds, await WordAsync(
            () => desk.AnnounceAsync(Route(latest.AddSeconds(1)), default)));
        Assert.Empty(await desk.RoutesAsync(default));
        await desk.AnnounceAsync(Route(latest.AddDays(-1)), default);
        await desk.AnnounceAsync(Route(latest), default);
        Assert.Equal(VaultCodes.OtherThanGrounds, await WordAsync(
            () => desk.AnnounceAsync(Route(latest.AddHours(1)), default)));

        // What stands needs no more, and what is longer needs them anew.
        _house.Clock.Advance(TimeSpan.FromDays(2));
        await desk.AnnounceAsync(Route(latest), default);
        await desk.AnnounceAsync(Route(latest.AddHours(-1)), default);
        Assert.Contains(await WordAsync(() => desk.AnnounceAsync(Route(latest), default)), NotSigned);
    }

    [Fact]
    public async Task What_two_people_signed_for_one_case_closes_nothing_for_another()
    {
        var desk = await SealedAsync(Id, "10.0.0.7", Scope);
        var latest = await SignedAsync(desk) + Lasts;
        await desk.AnnounceAsync(Route(latest), default);
        _ = await SealedAsync(new CaseId(2), "10.0.0.8", new ScopeId(6));
        var others = Route(latest) with { Case = new CaseId(2), Scope = new ScopeId(6) };

        Assert.Equal(VaultCodes.OtherThanGrounds, await WordAsync(() => desk.AnnounceAsync(others, default)));
        Assert.Contains(
            await WordAsync(() => desk.AnnounceAsync(others with { Lease = new LeaseId(8) }, default)), NotSigned);
        Assert.Equal([Lease], (await desk.RoutesAsync(default)).Keys);
    }

    [Fact]
    public async Task What_is_no_case_is_malformed_and_on_no_chain()
    {
        _ = await SealedAsync(Id, "10.0.0.7", Scope);
        var tooLong = new string('c', 40_000);
        var asked = new ApprovalAsk(
            RequestNumber.Create(), "a-00000000000000a1", WhoSigns.Of(ApprovalAct.LineRoute).Name, Id.ToString(), null,
            MitigationTarget.Parse(Target).Shown, "the line floods and its customer is away");
        var desk = _house.As(PeerRoles.Desk);

        var withdrawn = await Assert.ThrowsAsync<PeerRefusedException>(() => desk.PostAsync(
            VaultRoutes.WithdrawLineRoute, new LineRouteWithdrawal(asked.Number, tooLong, Lease.ToString()),
            VaultJson.Default.LineRouteWithdrawal, VaultJson.Default.Done));
        var drawn = await Assert.ThrowsAsync<PeerRefusedException>(() => desk.PostAsync(
            VaultRoutes.OpenApproval, asked with { Case = tooLong },
            VaultJson.Default.ApprovalAsk, VaultJson.Default.ApprovalStanding));
        var left = await Assert.ThrowsAsync<PeerRefusedException>(() => desk.PostAsync(
            VaultRoutes.OpenApproval, asked with { Leave = tooLong },
            VaultJson.Default.ApprovalAsk, VaultJson.Default.ApprovalStanding));
        var reasoned = await Assert.ThrowsAsync<PeerRefusedException>(() => desk.PostAsync(
            VaultRoutes.OpenApproval, asked with { Reason = tooLong },
            VaultJson.Default.ApprovalAsk, VaultJson.Default.ApprovalStanding));

        Assert.All(
            (PeerRefusedException[])[withdrawn, drawn, left],
            one => Assert.Equal((PeerCodes.Malformed, 400), (one.Code, one.Status)));
        Assert.Equal(403, reasoned.Status);
    }

    private async Task<Weir.Hosting.VaultClient.DeskVaultClient> SealedAsync(CaseId id, string address, ScopeId scope)
    {
        var quality = SignedOrders.Contact(_house.NameOf(address), _house.Clock.GetUtcNow()) with
        {
            Rule = RuleId.SynFloodOut, Unit = "packets/s",
        };
        var order = ProvisionalScope.From(
            quality, EventDocument.Sign(quality, _house.Collector), ScopeLimits.Default)! with
        {
            Case = id, Id = scope,
        };
        var desk = _house.Desk();
        await desk.SealAsync(_house.Give(order), default);
        return desk;
    }

    /// <summary>Two sign a route of so long; when what they signed has to be used by.</summary>
    private async Task<DateTimeOffset> SignedAsync(DeskVaultClient desk)
    {
        const string Leave = "a-00000000000000a1";
        var drawn = await desk.OpenAsync(
            new(Leave, ApprovalAct.LineRoute, Id, Scope, MitigationTarget.Parse(Target).Shown, "the line floods and its customer is away")
            {
                AskedBy = "ana", Lasts = Lasts,
            },
            default);
        foreach (var person in (SigningPerson[])[_ana, _olaf])
        {
            _ = await desk.SignAsync(
                Leave, person.Key.Sign(drawn.Texts[person.Person.RoleWord], SignatureNamespace.Approval).ToString(),
                default);
        }

        Assert.True(ApprovalText.TryRead(drawn.Texts["analyst"], out var request, out _));
        return request.Expires;
    }

    private static LineRouteOrder Route(DateTimeOffset ends) =>
        new(Id, Scope, Lease, MitigationTarget.Parse(Target), ends);

    private static async Task<string> WordAsync(Func<Task> ask) =>
        (await Assert.ThrowsAsync<VaultRefusedException>(ask)).Word;
}
