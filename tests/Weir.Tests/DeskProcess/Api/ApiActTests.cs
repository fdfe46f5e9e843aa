// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Policy;
using Weir.Desk.Cases;
using Weir.Desk.Escalations;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Promotion;
using Weir.Hosting.Auditing;
using Weir.Tests.Blocking;
using Weir.Tests.Cases;
using Weir.Wire;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Acts over the API: what is answered is so, and of what was named and of nothing else.</summary>
public sealed class ApiActTests : IAsyncLifetime
{
    private const string Why = """{"reason": "two notices, and it goes on"}""";

    private static readonly BlockReasons Because =
        new("a command server", "steered from it", "mail, not answered");

    private ApiFixture _api = null!;

    private BlockRequests Requests => new(new()
    {
        Cases = _api.Cases.Desk, Blocks = _api.Ladders.Blocks, IsListed = _ => true,
        Collateral = new FakeCollateralCounts { Now = _api.Cases.Clock.GetUtcNow() },
        Length = TimeSpan.FromDays(3), Longest = TimeSpan.FromDays(14),
    });

    public async ValueTask InitializeAsync() => _api = await ApiFixture.OpenAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_ladder_is_shown_with_its_steps_and_a_garden_is_entered_and_left()
    {
        await _api.Ladders.ToldAsync();
        var path = $"cases/{_api.Ladders.File.Id}";
        var shown = (await _api.SendAsync("auditor", "GET", $"{path}/ladder")).Json;
        var ladder = shown.GetProperty("ladder");
        Assert.Equal(
            (_api.Ladders.File.Id.ToString(), EscalationStateMachine.ToName(_api.Ladders.Ladder.Rung), "none"),
            (Text(ladder, "case"), Text(ladder, "rung"), Text(ladder, "garden")));
        Assert.Equal("closed-for-line", Text(ladder.GetProperty("inForce")[0], "kind"));
        Assert.Equal(
            [EscalationLevel.Told, EscalationLevel.Blocked],
            shown.GetProperty("steps").EnumerateArray().Select(step => Enum.GetValues<EscalationLevel>()
                .Single(one => EscalationStateMachine.ToName(one) == Text(step, "rung"))).Distinct());

        var entered = await _api.SendAsync(
            "analyst", "PUT", $"{path}/garden", """{"garden": "leaky", "reason": "two notices, and it goes on"}""");
        Assert.Equal((200, "leaky", ApiFixture.Me), (
            entered.Status, Text(entered.Json, "garden"), Text(entered.Json, "orderedBy")));
        Assert.Equal(
            (WalledGarden.Leaky, ApiFixture.Me),
            (_api.Ladders.Lines.Orders.Single().Garden, _api.Ladders.Lines.Orders.Single().By));

        Assert.Contains(
            "two notices, and it goes on", _api.Cases.Audit.EntriesOf(AuditActions.Garden).Last().Reason,
            StringComparison.Ordinal);

        var left = await _api.SendAsync(
            "operator", "PUT", $"{path}/garden", """{"garden": "none", "reason": "a clean machine"}""");
        Assert.Equal(
            (200, "none", WalledGarden.None),
            (left.Status, Text(left.Json, "garden"), _api.Ladders.Lines.Garden));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_appeal_waits_for_its_review_and_a_protected_line_is_free_until_then(bool isProtected)
    {
        await _api.Ladders.ToldAsync();
        var path = $"cases/{_api.Ladders.File.Id}/appeals";
        var word = isProtected ? "true" : "false";

        var appealed = await _api.SendAsync(
            "analyst", "POST", path, $$"""{"reason": "by telephone", "protected": {{word}}}""");
        Assert.Equal(
            (200, _api.Cases.Clock.GetUtcNow()),
            (appealed.Status, appealed.Json.GetProperty("reviewSince").GetDateTimeOffset()));
        Assert.Equal(isProtected ? 0 : 1, _api.Ladders.Open.Count());
        Assert.EndsWith(
            ": by telephone", Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.Appeal)).Reason,
            StringComparison.Ordinal);

        var upheld = await _api.SendAsync("operator", "POST", $"{path}/review", Why);
        Assert.Equal(
            (200, _api.Ladders.File.Id.ToString(), JsonValueKind.Null),
            (upheld.Status, Text(upheld.Json, "case"), upheld.Json.GetProperty("reviewSince").ValueKind));
        Assert.Null(_api.Ladders.Ladder.ReviewSince);
    }

    [Fact]
    public async Task A_case_is_checked_anew_when_somebody_asks()
    {
        await _api.Ladders.ToldAsync();
        var answer = await _api.SendAsync("analyst", "POST", $"cases/{_api.Ladders.File.Id}/rechecks");

        Assert.Equal(200, answer.Status);
        Assert.Equal(EscalationState.Checking, _api.Ladders.Ladder.State);
        Assert.Equal(EscalationStateMachine.ToName(EscalationState.Checking), Text(answer.Json, "state"));
        Assert.NotEqual(JsonValueKind.Null, answer.Json.GetProperty("checkFrom").ValueKind);
    }

    /// <summary>Rule R9: the second person in the other role gives; what is shown is gone after fifteen minutes.
    /// </summary>
    [Fact]
    public async Task A_line_is_disclosed_when_another_person_gives_and_for_fifteen_minutes()
    {
        await _api.Cases.HandleAsync(Flood(1, 1), Flood(2, 2));
        var (case1, other) = (_api.Cases.Desk.Files.First(), _api.Cases.Desk.Files.Last());
        const string Reason = "the customer is to be told how to clean up";
        ApiAnswer asked = await _api.SendAsync(
            "analyst", "POST", "disclosures", $$"""
            {"case": "{{case1.Id}}", "scope": "{{case1.Scopes[0].Scope.Id}}", "reason": "{{Reason}}"}
            """);
        Assert.Equal((200, "", case1.Id.ToString(), case1.Scopes[0].Scope.Id.ToString()), (
            asked.Status, Text(asked.Json, "line"), Text(asked.Json, "case"), Text(asked.Json, "scope")));
        var own = await _api.SendAsync("privacy-officer", "POST", $"disclosures/{Text(asked.Json, "id")}/approval");
        Assert.Equal((403, "second-person-needed"), (own.Status, own.Code));
        Assert.Empty(_api.Cases.Vault.Orders);

        var handler = new DisclosureHandler(
            _api.Cases.Desk, _api.Cases.Vault, _api.Cases.Audit, _api.Cases.Policy, _api.Cases.Clock);
        var id = CaseHandler.Name((await handler.RequestAsync(
            Ana, other.Id, other.Scopes[0].Scope.Id, Reason, default)).Asked!.Number);
        var given = await _api.SendAsync("privacy-officer", "POST", $"disclosures/{id}/approval");
        Assert.Equal((200, "line 7", other.Id.ToString()), (
            given.Status, Text(given.Json, "line"), Text(given.Json, "case")));
        var order = Assert.Single(_api.Cases.Vault.Orders);
        Assert.Equal(
            (other.Id, "ana", "analyst", ApiFixture.Me, "privacy-officer", Reason),
            (order.Case, order.AskedBy, order.AskedRole, order.GivenBy, order.GivenRole, order.Reason));

        var shown = await _api.SendAsync("privacy-officer", "GET", $"disclosures/{id}");
        Assert.Equal("line 7", Text(shown.Json, "line"));
        _api.Cases.Clock.Advance(TimeSpan.FromMinutes(15));
        var gone = await _api.SendAsync("privacy-officer", "GET", $"disclosures/{id}");
        Assert.NotEqual(200, gone.Status);
        Assert.DoesNotContain("line 7", gone.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_a_second_person_is_listed_oldest_first()
    {
        foreach (var target in (string[])["run.1", "run.2", "run.3"])
        {
            _ = await _api.Cases.Desk.RequestAsync(
                Ana, Permission.ReviewCandidate, new(Target: target), "a look", default);
            _api.Cases.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var first = (await _api.SendAsync("auditor", "GET", "approvals?limit=2")).Json;
        Assert.Equal(
            ["run.1", "run.2"], first.GetProperty("items").EnumerateArray().Select(one => Text(one, "target")));
        var next = (await _api.SendAsync("auditor", "GET", $"approvals?limit=2&after={Text(first, "next")}")).Json;
        var last = Assert.Single(next.GetProperty("items").EnumerateArray());
        Assert.Equal(
            ("run.3", "ana", "a look", "reviewcandidate"),
            (Text(last, "target"), Text(last, "askedBy"), Text(last, "reason"), Text(last, "act")));
    }

    [Fact]
    public async Task The_plan_that_is_named_is_shown_approved_for_its_length_and_taken_back()
    {
        var (one, other) = (await PlanAsync("203.0.113.9"), await PlanAsync("203.0.113.10"));

        var given = await _api.SendAsync("operator", "POST", $"blocks/{one}/approval", """{"length": "1.00:00:00"}""");
        var block = given.Json.GetProperty("block");
        Assert.Equal((200, $"{one}", "approved"), (given.Status, Text(block, "id"), Text(block, "state")));
        Assert.Equal(("ana", $"ana, {ApiFixture.Me}"), (Text(block, "plannedBy"), Text(block, "approvedBy")));
        Assert.Equal(
            _api.Cases.Clock.GetUtcNow() + TimeSpan.FromDays(1), block.GetProperty("until").GetDateTimeOffset());
        var shown = (await _api.SendAsync("auditor", "GET", $"blocks/{other}")).Json;
        Assert.Equal(($"{other}", "planned"), (Text(shown, "id"), Text(shown, "state")));
        Assert.Contains("203.0.113.10", Text(shown, "target"), StringComparison.Ordinal);
        Assert.Equal("unknown", (await _api.SendAsync("auditor", "GET", "blocks/b-0000000000000009")).Code);

        var ended = await _api.SendAsync("analyst", "POST", $"blocks/{one}/withdrawal", """{"why": "a vendor"}""");
        Assert.Equal((200, $"{one}"), (ended.Status, Text(ended.Json.GetProperty("block"), "id")));
        Assert.True(LeaseStateMachine.IsOver(_api.Ladders.Blocks.Find(one)!.State));
        Assert.False(LeaseStateMachine.IsOver(_api.Ladders.Blocks.Find(other)!.State));
        Assert.Equal(
            [$"{other}", $"{one}"],
            (await _api.SendAsync("auditor", "GET", "blocks")).Json.GetProperty("items").EnumerateArray()
                .Select(row => Text(row, "id")));
    }

    [Fact]
    public async Task A_block_for_one_line_is_of_the_scope_that_was_named()
    {
        await _api.Cases.HandleAsync(Flood(1, 1), Flood(2, 2, port: 9_999));
        var scope = _api.Cases.Scopes.Select(one => one.Scope)
            .Single(one => one.Class.Predicate.RemotePorts.Contains((ushort)9_999));

        var planned = await _api.SendAsync("analyst", "POST", "line-blocks", $$"""
            {"scope": "{{scope.Id}}", "threat": "a flood", "necessity": "it goes on",
             "alternatives": "mail, not answered"}
            """);

        Assert.True(planned.Status == 200, planned.Text);
        var block = Assert.Single(planned.Json.GetProperty("blocks").EnumerateArray()).GetProperty("block");
        Assert.Equal((scope.Case.ToString(), "planned", ApiFixture.Me), (
            Text(block, "case"), Text(block, "state"), Text(block, "plannedBy")));
        Assert.Contains("9999", Text(block, "target"), StringComparison.Ordinal);
        var lease = Assert.Single(_api.Ladders.Blocks.Leases);
        Assert.Equal(
            ("a flood", "it goes on", "mail, not answered"),
            (lease.Justification.Threat, lease.Justification.Necessity, lease.Justification.Alternatives));
    }

    [Fact]
    public async Task An_endpoint_is_taken_off_our_own_list_and_stands_on_record_with_its_reason()
    {
        var now = _api.Cases.Clock.GetUtcNow();
        foreach (var address in (string[])["192.0.2.80", "192.0.2.81"])
        {
            await _api.Promoted.PutAsync(
                new Promotion
                {
                    Endpoint = new(IpKey.Parse(address), 8443, 6), Run = "run", P = "1e-9", Q = "1e-6", Ic = "5",
                    Ic025 = "4", Approval = 1, AskedBy = "ana", GivenBy = "olaf", At = now,
                    ExpiresAt = now.AddDays(90), Reason = "beacons",
                },
                default);
        }

        var answer = await _api.SendAsync(
            "operator", "POST", "demotions", """{"endpoint": "192.0.2.80:8443/tcp", "reason": "it is a vendor"}""");

        Assert.Equal((200, "192.0.2.80:8443/tcp", "demoted"), (
            answer.Status, Text(answer.Json, "endpoint"), Text(answer.Json, "state")));
        Assert.Equal("192.0.2.81:8443/tcp", Assert.Single(_api.Promoted.All).Endpoint.ToString());
        Assert.Equal("it is a vendor", Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.Demote)).Reason);
        var none = await _api.SendAsync(
            "operator", "POST", "demotions", """{"endpoint": "192.0.2.81:8443/tcp", "reason": " "}""");
        Assert.Equal((400, 1), (none.Status, _api.Promoted.All.Count));
    }

    [Fact]
    public async Task A_customer_is_told_of_the_scope_that_was_named()
    {
        await _api.Cases.HandleAsync(Flood(1, 1), Flood(2, 1, port: 9_999));
        var file = Assert.Single(_api.Cases.Desk.Files);
        var scope = file.Scopes[1].Scope.Id;

        var sent = await _api.SendAsync(
            "analyst", "POST", "notices", $$"""{"case": "{{file.Id}}", "step": "found", "scope": "{{scope}}"}""");

        Assert.True(sent.Status == 200, sent.Text);
        var row = Assert.Single(sent.Json.GetProperty("items").EnumerateArray());
        Assert.Equal(
            ($"{file.Id}", "found", "waiting"), (Text(row, "case"), Text(row, "step"), Text(row, "state")));
        Assert.Equal(scope, Assert.Single(_api.Notices.ForCase(file.Id)).Scope);
        foreach (var (query, rows) in ((string, int)[])[("waiting", 1), ("told", 0)])
        {
            Assert.Equal(rows, (await _api.SendAsync("auditor", "GET", $"notices?state={query}")).Json
                .GetProperty("items").GetArrayLength());
        }

        // Those of a case that somebody else works on are for who oversees alone.
        Assert.Equal(200, (await _api.SendAsync(
            "analyst", "PUT", $"cases/{file.Id}/assignee", """{"to": "ana"}""")).Status);
        foreach (var (role, rows) in ((string, int)[])[("auditor", 1), ("analyst", 0)])
        {
            Assert.Equal(
                rows, (await _api.SendAsync(role, "GET", "notices")).Json.GetProperty("items").GetArrayLength());
        }
    }

    [Theory]
    [InlineData("notices?state=lost", "is none of a notice")]
    [InlineData("audit/entries?record=edge-9", "is none; write one of desk")]
    [InlineData("audit/entries?newest=yes", "is none; write true")]
    [InlineData("events?state=over", "is none that is listed apart")]
    [InlineData("events?from=2025-01-01T00:00:00Z&to=2025-03-01T00:00:00Z", "is more than 31 days")]
    public async Task A_word_that_is_none_is_told_and_nothing_is_listed(string path, string why)
    {
        var refused = await _api.SendAsync("auditor", "GET", path);

        Assert.Equal((400, "bad-request"), (refused.Status, refused.Code));
        Assert.Contains(why, refused.Detail, StringComparison.Ordinal);
    }

    /// <summary>Who reads a record is on record first, with what was asked for.</summary>
    [Theory]
    [InlineData("audit/key", "key")]
    [InlineData("audit/heads?after=3", "heads after 3")]
    [InlineData("audit/entries", "entries after 0")]
    [InlineData("audit/entries?newest=true", "entries, the newest")]
    public async Task Reading_the_record_is_on_record(string path, string what)
    {
        _ = await _api.SendAsync("auditor", "GET", path);

        var entry = Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.ReadAudit));
        Assert.Equal(
            (ApiFixture.Me, "auditor", AuditActions.Allow, what),
            (entry.Actor, entry.Role, entry.Outcome, entry.Reason));
    }

    private async Task<LeaseId> PlanAsync(string address)
    {
        _api.Cases.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(
            MitigationTarget.TryParse($"flowspec {address} tcp 443 discard", out var target, out string fault), fault);
        return (await Requests.PlanAsync(Ana, target!, Because, null, default)).Lease!.Id;
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
