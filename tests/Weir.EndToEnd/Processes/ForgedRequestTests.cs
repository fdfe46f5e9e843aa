// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Networks;
using Weir.Contracts.Notices;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>Whoever has become the desk's user asks the store and the vault itself, with what the desk holds and what
/// it can make up.</summary>
[Collection(nameof(FourProcesses))]
public sealed class ForgedRequestTests(FourProcesses four)
{
    private static readonly ClassFields Everything = ClassFields.From(new FlowPredicate { Direction = Direction.Both });

    /// <summary>Each message that carries an order, and the code where something is looked at before its
    /// grounds.</summary>
    private static readonly IReadOnlyList<(
        string Process, string Route, string Message, string? Code,
        Func<string, ScopeOrderFields, string> Body)> OnGrounds =
    [
        ("vault", VaultRoutes.Seal, nameof(SealAsk), null, (number, order) => Seal(order)(number)),
        ("vault", VaultRoutes.Disclose, nameof(DiscloseAsk), null, (number, order) => Disclose(number, order)),
        ("vault", VaultRoutes.OpenApproval, nameof(ApprovalAsk), null, (number, order) => JsonSerializer.Serialize(
            new ApprovalAsk(
                number, "a-00000000000000a1", "disclosure", order.Case, order, "", "the customer asked who it was"),
            VaultJson.Default.ApprovalAsk)),
        ("vault", VaultRoutes.Notice, nameof(NoticeAsk), null, (number, order) => JsonSerializer.Serialize(
            new NoticeAsk(number, order, NoticeNames.ToName(NoticeStep.Found), []), VaultJson.Default.NoticeAsk)),
        ("vault", VaultRoutes.Protected, nameof(ProtectedAsk), null, (number, order) => JsonSerializer.Serialize(
            new ProtectedAsk(number, order), VaultJson.Default.ProtectedAsk)),
        ("vault", VaultRoutes.WasActive, nameof(WasActiveAsk), null, (number, order) => JsonSerializer.Serialize(
            new WasActiveAsk(number, order with { Purpose = "remediation-check" }, order.FromMs, order.UntilMs),
            VaultJson.Default.WasActiveAsk)),
        ("vault", VaultRoutes.LineRoute, nameof(LineRouteAsk), null, (number, order) => JsonSerializer.Serialize(
            new LineRouteAsk(
                number, order, new LeaseId(7).ToString(), "flowspec 198.51.100.7/32 tcp 443 discard line=erased",
                TimeProvider.System.GetUtcNow().AddDays(7)), VaultJson.Default.LineRouteAsk)),
        ("vault", VaultRoutes.Garden, nameof(GardenAsk), "action-not-allowed", (number, order) =>
            JsonSerializer.Serialize(
                new GardenAsk(number, order.Case, order, "strict", "ana", "a reason that is one", []),
                VaultJson.Default.GardenAsk)),
        ("vault", VaultRoutes.WasActive, nameof(WasActiveAsk), null, (number, order) => JsonSerializer.Serialize(
            new WasActiveAsk(number, order, order.FromMs, order.UntilMs), VaultJson.Default.WasActiveAsk)),
        ("store", StoreRoutes.ReadEvidence, nameof(EvidenceAsk), null, (number, order) => Read(order)(number)),
        ("store", StoreRoutes.CountEvidence, nameof(EvidenceAsk), null, (number, order) => Read(order)(number)),
    ];

    [Trait("Attack", "17")]
    [Fact]
    public async Task A_seal_that_no_collector_signed_for_is_refused_counted_and_on_the_vaults_chain()
    {
        await four.StartedAsync();
        var order = await OrderAsync();

        await RefusedAsync("vault", VaultRoutes.Seal, "unknown-key", Seal(Invented()));
        await RefusedAsync("vault", VaultRoutes.Seal, "bad-signature", Seal(Resigned(order)));
        await RefusedAsync(
            "vault", VaultRoutes.Seal, "other-subject",
            Seal(order with { Subject = Invented().Subject, Case = Invented().Case }));
    }

    [Fact]
    public async Task Evidence_outside_what_was_signed_for_is_refused_counted_and_on_the_stores_chain()
    {
        await four.StartedAsync();
        var order = await OrderAsync();

        await RefusedAsync("store", StoreRoutes.ReadEvidence, "unknown-key", Read(Invented()));
        await RefusedAsync("store", StoreRoutes.ReadEvidence, "bad-signature", Read(Resigned(order)));
        await RefusedAsync(
            "store", StoreRoutes.ReadEvidence, "other-subject", Read(order with { Subject = Invented().Subject }));
        await RefusedAsync(
            "store", StoreRoutes.ReadEvidence, "other-class", Read(order with { Class = Everything }));
        await RefusedAsync(
            "store", StoreRoutes.ReadEvidence, "out-of-scope", number => Ask(number, order, Everything));
    }

    [Trait("Attack", "46")]
    [Fact]
    public async Task A_look_back_that_no_two_people_and_no_comparison_stand_behind_is_refused()
    {
        await four.StartedAsync();

        await RefusedAsync(
            "store", StoreRoutes.LookBack, "second-person-needed", LookBack("ana", "ana"));
        await RefusedAsync("store", StoreRoutes.LookBack, "second-person-needed", LookBack("ana", "olaf"));
    }

    /// <summary>Whatever the desk may ask on a scope's grounds, by the messages that carry one.</summary>
    [Trait("Attack", "46")]
    [Fact]
    public async Task Nothing_that_is_asked_on_grounds_is_done_on_grounds_that_the_desk_made_up()
    {
        await four.StartedAsync();
        var order = await OrderAsync();
        var messages = typeof(SealAsk).Assembly.GetTypes().Where(type => type.Namespace == typeof(SealAsk).Namespace
            && type.GetProperty(nameof(SealAsk.Number)) is not null
            && type.GetProperties().Any(one => one.PropertyType == typeof(ScopeOrderFields)));
        Assert.Equal(
            messages.Select(type => type.Name).Order(), OnGrounds.Select(one => one.Message).Distinct().Order());

        // The case is a real one, and sealed; the event is of a key of the desk's own.
        var forged = order with { Grounds = Invented().Grounds };
        foreach (var (process, route, _, code, body) in OnGrounds)
        {
            await RefusedAsync(process, route, code ?? "unknown-key", number => body(number, forged));
            await RefusedAsync(process, route, code ?? "bad-signature", number => body(number, Resigned(order)));
        }
    }

    [Trait("Attack", "17")]
    [Trait("Run", "prove")]
    [Trait("Part", "again")]
    [Fact]
    public async Task A_disclosure_that_the_desk_says_two_people_ordered_names_nobody()
    {
        await four.StartedAsync();
        var order = await OrderAsync();

        // The grounds are real, the people are the desk's word: nobody signed.
        await RefusedAsync("vault", VaultRoutes.Disclose, "second-person-needed", number => Disclose(number, order));
        await RefusedAsync(
            "vault", VaultRoutes.Disclose, "second-person-needed",
            number => Disclose(number, order, four.Person.Name, four.Person.Name));
    }

    [Fact]
    public async Task A_grant_and_new_names_that_nothing_stands_behind_are_refused()
    {
        await four.StartedAsync();
        Assert.True(SubjectKey.TryParse(Invented().Subject, out var subject));
        var grant = GrantFields.From(new Grant(
            GrantKind.Complaint, "x", subject, 1, SignedOrders.Class, 1_000, 2_000));

        await RefusedAsync("vault", VaultRoutes.Grant, "nothing-to-grant", number =>
            JsonSerializer.Serialize(new GrantAsk(number, grant), VaultJson.Default.GrantAsk));
        await RefusedAsync("vault", VaultRoutes.Complaint, "other-than-grounds", number => JsonSerializer.Serialize(
            new ComplaintAsk(
                number, "x", "mallory", "10.0.0.7", null, TimeProvider.System.GetUtcNow(),
                ClassFields.From(SignedOrders.Class), 1_000, 2_000),
            VaultJson.Default.ComplaintAsk));
    }

    [Fact]
    public async Task What_the_desk_itself_asks_of_store_and_vault_stands_on_both_records()
    {
        await four.StartedAsync();
        var id = (await four.ListAsync("case", "list"))[0].GetProperty("case").GetString()!;
        var scope = (await four.ListAsync("case", "show", id))[0].GetProperty("scope").GetString()!;
        _ = await four.ListAsync("case", "evidence", id, "--scope", scope);

        foreach (var process in (string[])["store", "vault"])
        {
            var joined = ChainJoin.Between(
                Path.Combine(four.Place.Folder("desk"), "audit"), Path.Combine(four.Place.Folder(process), "audit"));
            Assert.True(joined.Joined > 0, process);
        }
    }

    [Trait("Attack", "48")]
    [Fact]
    public async Task Evidence_that_was_had_beside_the_desks_record_is_found_by_who_verifies()
    {
        await four.StartedAsync();
        var (order, number) = (await OrderAsync(), RequestNumber.Create());

        var had = await four.AskAsync(four.Place.Desk, "store", StoreRoutes.ReadEvidence, Read(order)(number));

        Assert.Equal(200, had.Status);
        await IsFoundAsync("store", number);
    }

    [Fact]
    public async Task A_seal_that_was_had_beside_the_desks_record_is_found_by_who_verifies()
    {
        await four.StartedAsync();
        var (order, number) = (await OrderAsync(), RequestNumber.Create());

        var had = await four.AskAsync(four.Place.Desk, "vault", VaultRoutes.Seal, Seal(order)(number));

        Assert.Equal(200, had.Status);
        await IsFoundAsync("vault", number);
    }

    private async Task IsFoundAsync(string process, string number)
    {
        var verified = await WeirProcess.RunAsync(
            "audit", "verify", "--dir", Path.Combine(four.Place.Folder("desk"), "audit"), "--beside",
            Path.Combine(four.Place.Folder(process), "audit"));
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains(number, verified.Out, StringComparison.Ordinal);
        Assert.Contains("has none in the desk's record", verified.Out, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string process, string route, string code, Func<string, string> body)
    {
        var number = RequestNumber.Create();
        var (role, label) = ("role=\"desk\"", $"code=\"{code}\"");
        var before = await four[process].SumAsync("weir_peers_requests_total", role, label, route);

        var answer = await four.AskAsync(four.Place.Desk, process, route, body(number));

        Assert.Equal((403, code), (answer.Status, answer.Code));
        Assert.Equal(before + 1, await four[process].SumAsync("weir_peers_requests_total", role, label, route));
        Assert.Contains(AuditReader.Entries(Path.Combine(four.Place.Folder(process), "audit")), one =>
            one.Entry.Outcome == code && one.Entry.Request == number
            && (one.Entry.Actor == four.Place.Desk.Name || route == VaultRoutes.Disclose)); // by who is said to ask
        var verified = await WeirProcess.RunAsync(
            "audit", "verify", "--dir", Path.Combine(four.Place.Folder(process), "audit"));
        Assert.True(verified.ExitCode == 0, verified.Out);
    }

    /// <summary>A scope of a collector's event, as the desk holds it and gives it to collectors; its case is sealed in
    /// the vault.</summary>
    private async Task<ScopeOrderFields> OrderAsync()
    {
        var answer = await four.AskAsync(four.Place.Collector, "desk", DeskRoutes.Scopes);
        Assert.Equal(200, answer.Status);
        var order = JsonSerializer.Deserialize(answer.Body, DeskJson.Default.ScopeChanges)!.Orders[0];

        // A scope is in force at once; the desk has the case sealed on its next round.
        await four["desk"].UntilAsync("the case is sealed", () => Task.FromResult(
            AuditReader.Entries(Path.Combine(four.Place.Folder("vault"), "audit")).Any(one =>
                one.Entry.Act == AuditActions.SealSubject && one.Entry.Case == order.Case
                && one.Entry.Outcome == AuditActions.Allow)));
        return order;
    }

    /// <summary>An order on an event that a key of the desk's own signed.</summary>
    private static ScopeOrderFields Invented()
    {
        using var key = SigningKey.Create();
        using var names = Pseudonymizer.UnderKey(new byte[32]);
        return ScopeOrderFields.From(SignedOrders.Make(
            key, new CaseId(0xCA5E), names.Pseudonymize(Wire.IpKey.Parse("10.0.0.7")), new ScopeId(5),
            TimeProvider.System.GetUtcNow()));
    }

    /// <summary>The same grounds with another payload under the collector's key and signature.</summary>
    private static ScopeOrderFields Resigned(ScopeOrderFields order)
    {
        var (signed, other) = (order.Grounds[0], Invented().Grounds[0]);
        Assert.Equal(EnvelopeFault.None, Envelope.TryCreate(
            signed.Type, signed.Version, signed.Key, other.Payload.ToArray(), signed.Signature.ToArray(),
            out var forged));
        return order with { Grounds = [forged!] };
    }

    private static Func<string, string> Seal(ScopeOrderFields order) => number =>
        JsonSerializer.Serialize(new SealAsk(number, order), VaultJson.Default.SealAsk);

    private static string Disclose(
        string number, ScopeOrderFields order, string asked = "ana", string given = "olaf") =>
        JsonSerializer.Serialize(
            new DiscloseAsk(
                number, order, asked, "analyst", given, "privacy-officer", "the customer asked who it was", "a-1"),
            VaultJson.Default.DiscloseAsk);

    private static Func<string, string> Read(ScopeOrderFields order) => number => Ask(number, order, order.Class);

    private static string Ask(string number, ScopeOrderFields order, ClassFields asked) => JsonSerializer.Serialize(
        new EvidenceAsk(
            number, order, asked, order.FromMs, order.ExpiresMs, (int)ScopeFields.All, EvidenceAsk.MaxRows),
        StoreJson.Default.EvidenceAsk);

    private static Func<string, string> LookBack(string asked, string given) => number =>
    {
        var now = TimeProvider.System.GetUtcNow();
        var leave = new PromotionLeave(
            7, "203.0.113.99:443/tcp", asked, "analyst", now.AddMinutes(-2), given, "operator", now.AddMinutes(-1),
            "I should like to know");
        return JsonSerializer.Serialize(
            new LookBackAsk(
                number, leave, now.AddHours(-1).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds()),
            StoreJson.Default.LookBackAsk);
    };
}
