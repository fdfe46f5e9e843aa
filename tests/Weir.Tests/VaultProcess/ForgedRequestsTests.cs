// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.GoBgp;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Tests.VaultProcess;

/// <summary>What the desk's own user may try with its socket in hand (attacks 17 and 46): the desk decides nothing by
/// its word. Each try is refused by its code, counted, and on the vault's chain under the request's number.</summary>
public sealed class ForgedRequestsTests : IAsyncLifetime
{
    private static readonly CaseId Id = new(0xCA5E);
    private static readonly ScopeId Scope = new(5);

    private VaultHouse _house = null!;

    public async ValueTask InitializeAsync() => _house = await VaultHouse.OpenAsync();

    public async ValueTask DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task An_event_that_no_collector_signed_seals_nobody()
    {
        using var own = SigningKey.Create();
        var forged = SignedOrders.Make(own, Id, _house.NameOf("10.0.0.7"), Scope, _house.Clock.GetUtcNow());

        await RefusedAsync("unknown-key", AuditActions.SealSubject, () => _house.Desk().SealAsync(forged, default));
    }

    [Fact]
    public async Task A_collectors_signature_over_something_else_seals_nobody()
    {
        var order = _house.Order(Id, "10.0.0.7", Scope);
        var envelope = order.Grounds[0];
        var other = EventDocument.Sign(
            SignedOrders.Contact(_house.NameOf("10.0.0.8"), _house.Clock.GetUtcNow()), _house.Collector);
        Envelope.TryCreate(
            envelope.Type, envelope.Version, envelope.Key, other.Payload.ToArray(), envelope.Signature.ToArray(),
            out var forged);

        await RefusedAsync("bad-signature", AuditActions.SealSubject, () => _house.Desk().SealAsync(
            order with { Subject = _house.NameOf("10.0.0.8"), Grounds = [forged!] }, default));
    }

    [Theory]
    [InlineData("other-subject")]
    [InlineData("other-class")]
    [InlineData("other-purpose")]
    [InlineData("too-early")]
    [InlineData("too-late")]
    [InlineData("no-grounds")]
    public async Task A_scope_wider_than_its_grounds_seals_nobody(string code)
    {
        var order = _house.Order(Id, "10.0.0.7", Scope);
        var wider = code switch
        {
            "other-subject" => order with { Subject = _house.NameOf("10.0.0.8") },
            "other-class" => order with { Class = order.Class with { RemotePorts = [] } },
            "other-purpose" => order with { Purpose = Purpose.SpamSource },
            "too-early" => order with { FromMs = order.FromMs - 1 },
            "too-late" => order with { UntilMs = order.UntilMs + 1 },
            _ => order with { Grounds = [] },
        };

        await RefusedAsync(code, AuditActions.SealSubject, () => _house.Desk().SealAsync(wider, default));
    }

    [Fact]
    public async Task A_look_back_that_the_store_did_not_sign_seals_nobody_and_one_that_it_did_seals()
    {
        var past = SignedOrders.Contact(_house.NameOf("10.0.0.7"), _house.Clock.GetUtcNow()) with
        {
            Origin = EventOrigin.Digests,
        };
        var order = _house.Order(Id, "10.0.0.7", Scope);
        await _house.Desk().SealAsync(order with { Grounds = [EventDocument.Sign(past, _house.Store)] }, default);
        using var own = SigningKey.Create();

        await RefusedAsync("unknown-key", AuditActions.SealSubject, () => _house.Desk().SealAsync(
            order with { Case = new CaseId(2), Grounds = [EventDocument.Sign(past, own)] }, default));
    }

    [Fact]
    public async Task A_grant_that_the_desk_signed_itself_seals_nobody()
    {
        using var own = SigningKey.Create();
        var name = _house.NameOf("10.0.0.7");
        var now = SmallVault.NowMs;
        var grant = GrantDocument.Sign(
            new Grant(GrantKind.Complaint, "x", name, SmallVault.Now, SignedOrders.Class, now, now + 60_000), own);
        var order = _house.Order(Id, "10.0.0.7", Scope) with
        {
            Purpose = Purpose.ComplaintHandling, FromMs = now, UntilMs = now + 60_000, ExpiresMs = now + 60_000,
            Grounds = [grant],
        };

        await RefusedAsync("unknown-key", AuditActions.SealSubject, () => _house.Desk().SealAsync(order, default));
    }

    [Fact]
    public async Task A_case_that_was_never_sealed_gets_no_garden_no_notice_and_no_disclosure()
    {
        var desk = _house.Desk();
        _ = _house.Give(_house.Order(Id, "10.0.0.7", Scope));

        await Assert.ThrowsAsync<VaultRefusedException>(() => desk.DiscloseAsync(Order("ann", "otto"), default));
        await Assert.ThrowsAsync<VaultRefusedException>(() => desk.DeliverAsync(Notice(), default));
        await Assert.ThrowsAsync<VaultRefusedException>(() => desk.IsProtectedAsync(Id, Scope, default));

        Assert.Equal(
            [(AuditActions.Disclose, "unknown"), (AuditActions.Notify, "unknown"),
                (AuditActions.TellProtected, "unknown")],
            (await _house.ChainAsync()).Select(entry => (entry.Act, entry.Outcome)));
    }

    [Fact]
    public async Task A_sealed_case_lends_itself_to_no_other_line()
    {
        var desk = _house.Desk();
        await desk.SealAsync(_house.Order(Id, "10.0.0.7", Scope), default);

        await RefusedAsync("other-subject", AuditActions.SealSubject, () => desk.SealAsync(
            _house.Order(Id, "10.0.0.8", new ScopeId(6)), default));
    }

    [Fact]
    public async Task A_garden_a_notice_and_a_line_on_forged_grounds_are_refused()
    {
        using var own = SigningKey.Create();
        var desk = _house.Desk();
        await desk.SealAsync(_house.Order(Id, "10.0.0.7", Scope), default);
        _ = _house.Give(SignedOrders.Make(own, Id, _house.NameOf("10.0.0.7"), Scope, _house.Clock.GetUtcNow()));

        Assert.Equal("unknown-key", await WordAsync(() => desk.DeliverAsync(Notice(), default)));
        Assert.Equal("unknown-key", await WordAsync(() => desk.AnnounceAsync(Route(), default)));
        Assert.Equal("action-not-allowed", await WordAsync(() => desk.GardenAsync(
            new WalledGardenOrder(Id, Scope, WalledGarden.Strict, "ann", "a reason that is one"), default)));

        var refused = (await _house.ChainAsync()).Where(entry => entry.Outcome == "unknown-key").ToList();
        Assert.Equal([AuditActions.Notify, AuditActions.LineRoute], refused.Select(entry => entry.Act));
        Assert.All(refused, entry => Assert.True(RequestNumber.IsOne(entry.Request)));
    }

    [Fact]
    public async Task A_route_that_stops_more_than_the_grounds_say_is_refused_and_one_without_a_router_is_too()
    {
        await using var house = await VaultHouse.OpenAsync(options => options with
        {
            Settings = SmallVault.Configured(options) with
            {
                Vault = SmallVault.Configured(options).Vault with
                {
                    LineRoutes = new() { Gobgp = GoBgpAddress.Parse("127.0.0.1:1"), Asn = 64500, MaxPerHour = 1 },
                },
            },
        });
        var desk = house.Desk();
        await desk.SealAsync(house.Give(house.Order(Id, "10.0.0.7", Scope)), default);
        var ends = house.Clock.GetUtcNow().AddDays(7);
        foreach (var target in new[]
        {
            "flowspec * tcp 443 discard line=erased", "flowspec 203.0.113.9/32 tcp 443 discard line=erased",
            "flowspec 198.51.100.7/32 tcp * discard line=erased", "flowspec 198.51.100.7/32 udp 443 discard line=erased",
            "flowspec 198.51.100.7/32 tcp 443 discard", "blackhole 198.51.100.7/32",
            "flowspec 198.51.100.7/32 tcp 443 redirect=64500:666 line=erased",
            "flowspec 198.51.100.7/32 tcp 443 rate=4294967295 line=erased",
        })
        {
            Assert.Equal(VaultCodes.OtherThanGrounds, await WordAsync(() => desk.AnnounceAsync(
                Route() with { Target = MitigationTarget.Parse(target), EndsAt = ends }, default)));
        }

        Assert.Equal(VaultCodes.OtherThanGrounds, await WordAsync(() => desk.AnnounceAsync(
            Route() with { EndsAt = ends.AddDays(30) }, default)));
        await desk.AnnounceAsync(Route() with { EndsAt = ends }, default);
        await desk.AnnounceAsync(Route() with { EndsAt = ends }, default);
        Assert.Equal(VaultCodes.TooManyRoutes, await WordAsync(() => desk.AnnounceAsync(
            Route() with { EndsAt = ends, Lease = new LeaseId(8) }, default)));
        Assert.Equal(LeaseState.Approved, Assert.Single(await desk.RoutesAsync(default)).Value.State);
        await house.StartAgainAsync();
        Assert.Single(await house.Desk().RoutesAsync(default));
        await house.Desk().DestroyAsync(Id, default);
        Assert.Empty(await house.Desk().RoutesAsync(default));

        await _house.Desk().SealAsync(_house.Give(_house.Order(Id, "10.0.0.7", Scope)), default);
        Assert.Equal(VaultCodes.NoRouter, await WordAsync(() => _house.Desk().AnnounceAsync(Route(), default)));
    }

    /// <summary>Nobody has to look for it: the vault's health says so, and its log once.</summary>
    [Fact]
    public async Task What_is_forged_is_told_where_an_operator_looks_and_forgotten_after_an_hour()
    {
        using var own = SigningKey.Create();
        var forged = SignedOrders.Make(own, Id, _house.NameOf("10.0.0.7"), Scope, _house.Clock.GetUtcNow());
        var health = _house.Get<HealthRegistry>();
        Assert.Equal(HealthState.Ok, Requests().State);
        await Assert.ThrowsAsync<VaultRefusedException>(() => _house.Desk().DeliverAsync(Notice(), default));
        Assert.Equal(HealthState.Ok, Requests().State);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("unknown-key", await WordAsync(() => _house.Desk().SealAsync(forged, default)));
        }

        Assert.Equal(HealthState.Degraded, Requests().State);
        Assert.Contains("5 requests of the desk", Requests().Reason, StringComparison.Ordinal);
        Assert.Contains("unknown-key", Requests().Reason, StringComparison.Ordinal);
        _house.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HealthState.Ok, Requests().State);

        ComponentHealth Requests() => health.Read().Parts.Single(part => part.Part == "requests").Health;
    }

    /// <summary>The line is sealed, and the vault was cut off before it wrote down on what grounds.</summary>
    [Fact]
    public async Task A_case_that_was_cut_off_in_sealing_is_sealed_for_its_own_line_and_for_no_other()
    {
        _ = _house.Get<CaseSealStore>().Seal(
            Id, new SealedSubject(IpKey.Parse("10.0.0.8"), "", SmallVault.Now, SmallVault.NowMs));

        await RefusedAsync("out-of-scope", AuditActions.SealSubject, () => _house.Desk().SealAsync(
            _house.Order(Id, "10.0.0.7", Scope), default));
        await _house.StartAsync();
        await _house.Desk().SealAsync(_house.Order(Id, "10.0.0.8", Scope), default);
    }

    /// <summary>A check keeps its case's name given out anew; one in some years would keep it for ever.</summary>
    [Fact]
    public async Task A_check_long_after_its_evidence_seals_nobody()
    {
        var order = _house.Order(Id, "10.0.0.7", Scope);
        var far = order.FromMs + (20 * 365 * 86_400_000L);

        await RefusedAsync("too-late", AuditActions.SealSubject, () => _house.Desk().SealAsync(
            order with
            {
                Purpose = Purpose.RemediationCheck, FromMs = far, UntilMs = far + 1, ExpiresMs = far + 1,
            },
            default));
    }

    [Fact]
    public async Task Two_people_whom_the_vault_does_not_know_disclose_nobody()
    {
        var desk = _house.Desk();
        await desk.SealAsync(_house.Give(_house.Order(Id, "10.0.0.7", Scope)), default);

        await RefusedAsync(
            VaultCodes.UnknownPerson, AuditActions.Disclose, () => desk.DiscloseAsync(Order("ann", "mallory"), default));
    }

    [Fact]
    public async Task A_scope_that_is_long_over_discloses_nobody()
    {
        var desk = _house.Desk();
        await desk.SealAsync(_house.Give(_house.Order(Id, "10.0.0.7", Scope)), default);
        _house.Clock.Advance(TimeSpan.FromDays(94));

        await RefusedAsync(
            VaultCodes.ScopeOver, AuditActions.Disclose, () => desk.DiscloseAsync(Order("ann", "otto"), default));
    }

    [Fact]
    public async Task A_complaint_that_nobody_on_the_vaults_list_told_names_nobody_and_no_grant_is_signed_for_it()
    {
        var report = VaultKeeper.Report(IpKey.Parse("10.0.0.7"), null, _house.Clock.GetUtcNow());
        var grant = new Grant(
            GrantKind.Complaint, report.Id, _house.NameOf("10.0.0.7"), SmallVault.Now, report.Class, report.FromMs,
            report.UntilMs);

        await RefusedAsync(VaultCodes.UnknownReporter, AuditActions.Attribute, () => _house.Desk().AttributeAsync(
            report with { Reporter = "mallory" }, default));
        await _house.StartAsync();
        Assert.Equal(VaultCodes.NothingToGrant, await WordAsync(() => _house.Desk().GrantAsync(grant, default)));
    }

    /// <summary>Ten seconds of refusals, as many as come: each is counted, and the chain does not grow with them.
    /// </summary>
    [Fact]
    public async Task A_flood_of_what_is_refused_is_a_few_entries_that_say_how_many()
    {
        const int Each = 150;
        var report = VaultKeeper.Report(IpKey.Parse("10.0.0.7"), null, _house.Clock.GetUtcNow());
        using var own = SigningKey.Create();
        var forged = SignedOrders.Make(own, Id, _house.NameOf("10.0.0.7"), Scope, _house.Clock.GetUtcNow());
        var desk = _house.Desk();
        for (var i = 0; i < Each; i++)
        {
            Assert.Equal(
                VaultCodes.UnknownReporter,
                await WordAsync(() => desk.AttributeAsync(report with { Reporter = "mallory" }, default)));
            Assert.Equal("unknown-key", await WordAsync(() => desk.SealAsync(forged, default)));
        }

        using (var monitor = _house.As(PeerRoles.Monitor))
        {
            var status = await monitor.GetAsync(VaultRoutes.Status, VaultJson.Default.VaultStatus);
            Assert.Equal(Each, status!.Refused[VaultCodes.UnknownReporter]);
            Assert.Equal(Each, status.Refused["unknown-key"]);
        }

        var entries = (await _house.ChainAsync()).Where(entry => entry.Outcome != AuditActions.Allow).ToList();
        Assert.Equal(2 * RepeatedRefusals.EachOfKind, entries.Count(entry => entry.Rows == 0));
        Assert.InRange(entries.Count, 2 * (RepeatedRefusals.EachOfKind + 1), 49);
        Assert.Equal(2 * Each, entries.Sum(entry => Math.Max(1, entry.Rows)));
        Assert.Equal(
            Each, entries.Where(entry => entry.Act == AuditActions.Attribute).Sum(entry => Math.Max(1, entry.Rows)));
    }

    [Fact]
    public async Task A_complaint_is_granted_as_it_was_attributed_and_nothing_else_is()
    {
        var desk = _house.Desk();
        var report = VaultKeeper.Report(IpKey.Parse("10.0.0.7"), null, _house.Clock.GetUtcNow());
        var name = (await desk.AttributeAsync(report, default))!.Value;
        var grant = new Grant(
            GrantKind.Complaint, report.Id, name, SmallVault.Now, report.Class, report.FromMs, report.UntilMs);

        var signed = await desk.GrantAsync(grant, default);

        Assert.Equal((await desk.StatusAsync(default)).GrantKey, (await KeyAsync()).ToString());
        Assert.Equal((await KeyAsync()).Id, signed.Key);
        Assert.Equal(name, await desk.AttributeAsync(report, default));
        Assert.Equal(VaultCodes.OtherGrant, await WordAsync(() => desk.AttributeAsync(
            report with { Address = IpKey.Parse("10.0.0.8") }, default)));
        foreach (var other in new[]
        {
            grant with { Subject = _house.NameOf("10.0.0.8") },
            grant with { UntilMs = grant.UntilMs + 1 },
            grant with { Class = grant.Class! with { RemotePorts = [25] } },
        })
        {
            Assert.Equal(VaultCodes.OtherGrant, await WordAsync(() => desk.GrantAsync(other, default)));
        }

        // And what was granted seals.
        await desk.SealAsync(
            _house.Order(Id, "10.0.0.7", Scope) with
            {
                Purpose = Purpose.ComplaintHandling, FromMs = grant.FromMs, UntilMs = grant.UntilMs,
                ExpiresMs = grant.UntilMs, Grounds = [signed],
            },
            default);

        async Task<PublicKey> KeyAsync() => PublicKey.TryParse((await desk.StatusAsync(default)).GrantKey, out var key)
            ? key
            : throw new InvalidOperationException("no key");
    }

    [Fact]
    public async Task A_days_complaints_of_one_reporter_are_bounded_and_times_out_of_bounds_are_refused()
    {
        var desk = _house.Desk();
        var now = _house.Clock.GetUtcNow();
        for (var i = 1; i <= 20; i++)
        {
            Assert.NotNull(await desk.AttributeAsync(
                VaultKeeper.Report(IpKey.Parse($"10.0.1.{i}"), null, now), default));
        }

        var late = VaultKeeper.Report(IpKey.Parse("10.0.2.1"), null, now);
        Assert.Equal(VaultCodes.TooManyComplaints, await WordAsync(() => desk.AttributeAsync(late, default)));
        _house.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        Assert.NotNull(await desk.AttributeAsync(late, default));
        foreach (var at in new[] { TimeSpan.FromMinutes(2), TimeSpan.FromDays(-8) })
        {
            Assert.Equal(VaultCodes.TimeOutOfBounds, await WordAsync(() => desk.AttributeAsync(
                VaultKeeper.Report(IpKey.Parse("10.0.2.2"), null, _house.Clock.GetUtcNow() + at), default)));
        }
    }

    [Fact]
    public async Task A_new_name_is_granted_for_a_case_that_is_sealed_and_for_nobody_else()
    {
        var desk = _house.Desk();
        await desk.SealAsync(_house.Order(Id, "10.0.0.7", Scope), default);
        var next = (await desk.ReissueAsync([Id], SmallVault.Now + 1, default))[Id];
        var grant = new Grant(
            GrantKind.Reissue, $"{Id}-{SmallVault.Now + 1}", next, SmallVault.Now + 1, null, 0, 0, Id,
            _house.NameOf("10.0.0.7"));

        _ = await desk.GrantAsync(grant, default);

        foreach (var other in new[]
        {
            grant with { Subject = _house.NameOf("10.0.0.8", SmallVault.Now + 1) },
            grant with { Before = _house.NameOf("10.0.0.8") },
            grant with { Case = new CaseId(1), Id = $"{new CaseId(1)}-{SmallVault.Now + 1}" },
        })
        {
            Assert.Equal(VaultCodes.NothingToGrant, await WordAsync(() => desk.GrantAsync(other, default)));
        }
    }

    /// <summary>A key of a case without the grounds it was sealed on: what a vault of before this rule left.</summary>
    [Fact]
    public async Task A_case_that_has_a_key_and_no_grounds_lends_itself_to_nothing()
    {
        _ = _house.Get<CaseSealStore>().Seal(Id, new SealedSubject(IpKey.Parse("10.0.0.7"), "", SmallVault.Now, SmallVault.NowMs));
        _ = _house.Give(_house.Order(Id, "10.0.0.7", Scope));

        await RefusedAsync(
            VaultCodes.NotSealed, AuditActions.Notify, () => _house.Desk().DeliverAsync(Notice(), default));
    }

    [Fact]
    public async Task A_vault_that_serves_no_page_says_so_to_a_desk_that_asks_for_its_customers()
    {
        using var desk = _house.As(PeerRoles.Desk);

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(
            () => desk.GetAsync(VaultRoutes.CustomerNews, VaultJson.Default.CustomerNews));

        Assert.Equal((VaultCodes.NoPage, 403), (refused.Code, refused.Status));
        Assert.Contains("set selfservice.enabled", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(SmallVault.Now + 5)]
    [InlineData(300_000)]
    public async Task A_key_of_an_epoch_that_is_gone_or_to_come_is_given_to_nobody_and_counted(uint epoch)
    {
        using var collector = _house.As(PeerRoles.Collector);

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() => collector.GetRawAsync(
            VaultRoutes.EpochKey, (_, _) => Task.FromResult(0),
            new Dictionary<string, string> { ["epoch"] = epoch.ToString(CultureInfo.InvariantCulture) }));

        Assert.Equal((VaultCodes.NoEpochKey, 410), (refused.Code, refused.Status));
        using var monitor = _house.As(PeerRoles.Monitor);
        var status = await monitor.GetAsync(VaultRoutes.Status, VaultJson.Default.VaultStatus);
        Assert.Equal(1, status!.Refused[VaultCodes.NoEpochKey]);
    }

    /// <summary>No calendar has such an epoch or such a day; whoever asks is told so.</summary>
    [Fact]
    public async Task An_epoch_or_a_day_beyond_the_calendar_is_malformed()
    {
        using var collector = _house.As(PeerRoles.Collector);
        using var store = _house.As(PeerRoles.Store);

        Assert.Equal(PeerCodes.Malformed, await CodeAsync(collector, VaultRoutes.EpochKey, ("epoch", "4294967295")));
        Assert.Equal(PeerCodes.Malformed, await CodeAsync(store, VaultRoutes.CohortKey, ("epoch", "4294967295")));
        Assert.Equal(PeerCodes.Malformed, await CodeAsync(
            store, VaultRoutes.NoiseKey, ("from", "4294967290"), ("until", "4294967295")));

        static async Task<string> CodeAsync(
            PeerClient client, string path, params (string Name, string Value)[] query) =>
            (await Assert.ThrowsAsync<PeerRefusedException>(() => client.GetRawAsync(
                path, (_, _) => Task.FromResult(0), query.ToDictionary(one => one.Name, one => one.Value)))).Code;
    }

    private async Task RefusedAsync(string code, string act, Func<Task> ask)
    {
        Assert.Equal(code, await WordAsync(ask));
        using (var monitor = _house.As(PeerRoles.Monitor))
        {
            var status = await monitor.GetAsync(VaultRoutes.Status, VaultJson.Default.VaultStatus);
            Assert.Equal(1, status!.Refused[code]);
        }

        var entry = (await _house.ChainAsync())[^1];
        Assert.Equal((act, code), (entry.Act, entry.Outcome));
        Assert.True(RequestNumber.IsOne(entry.Request));
        Assert.DoesNotContain("10.0.0.", entry.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> WordAsync(Func<Task> ask) =>
        (await Assert.ThrowsAsync<VaultRefusedException>(ask)).Word;

    private static DisclosureOrder Order(string asked, string given) => new(
        Id, Scope, asked, "analyst", given, "privacy-officer", "the customer is to be told how to clean up", "a-1");

    private LineRouteOrder Route() => new(
        Id, Scope, new LeaseId(7), MitigationTarget.Parse("flowspec 198.51.100.7/32 tcp 443 discard line=erased"),
        _house.Clock.GetUtcNow().AddDays(7));

    private static Notice Notice() => new(Id, Scope, NoticeStep.Found, []);
}
