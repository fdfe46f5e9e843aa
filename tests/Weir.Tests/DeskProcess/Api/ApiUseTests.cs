// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;
using Weir.Tests.Support;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>What people get who may: lists in pages, acts that do not happen twice, two people for one act.</summary>
public sealed class ApiUseTests : IAsyncLifetime
{
    private ApiFixture _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiFixture.OpenAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_list_comes_in_pages_that_neither_lose_nor_repeat_a_row_while_others_come()
    {
        for (uint i = 0; i < 5; i++)
        {
            await OpenCaseAsync(i);
        }

        var first = (await _api.SendAsync("analyst", "GET", "cases?limit=2")).Json;
        await OpenCaseAsync(9);
        var ids = Ids(first);
        for (var next = first.GetProperty("next").GetString(); next is not null;)
        {
            var page = (await _api.SendAsync("analyst", "GET", $"cases?limit=2&after={Uri.EscapeDataString(next)}"))
                .Json;
            ids.AddRange(Ids(page));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(5, ids.Distinct().Count());
        Assert.Equal(5, ids.Count);
        var whole = (await _api.SendAsync("analyst", "GET", "cases")).Json;
        Assert.Equal(6, Ids(whole).Count);
        Assert.Equal(ids, Ids(whole)[1..]);
        Assert.Null(whole.GetProperty("next").GetString());
    }

    /// <summary>As the parameter's words say: severities only rise, so that what was read does not come again, and what
    /// rose past it stands at the head of a list that is begun again.</summary>
    [Fact]
    public async Task By_severity_no_row_comes_twice_while_some_rise()
    {
        await _api.Cases.HandleAsync([.. Enumerable.Range(1, 6).Select(i => Scan(i, i, 120))]);
        const string Gravest = "cases?sort=severity&limit=2";
        var first = (await _api.SendAsync("analyst", "GET", Gravest)).Json;
        Assert.All(
            first.GetProperty("items").EnumerateArray(),
            one => Assert.NotEqual("high", one.GetProperty("severity").GetString()));
        var read = Ids(first);
        var all = Ids((await _api.SendAsync("analyst", "GET", "cases?sort=severity")).Json);

        // One that was read rises, and one that was not.
        foreach (var (id, number) in ((string, int)[])[(read[0], 21), (all[^1], 22)])
        {
            var line = _api.Cases.Desk.Files.Single(file => file.Id.ToString() == id).Subject;
            await _api.Cases.HandleAsync(Scan(number, 1, 120_000) with { Subject = line });
        }

        for (var next = first.GetProperty("next").GetString(); next is not null;)
        {
            var page = (await _api.SendAsync("analyst", "GET", $"{Gravest}&after={Uri.EscapeDataString(next)}")).Json;
            read.AddRange(Ids(page));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(all[..^1].Order(), read.Order());
        var again = Ids((await _api.SendAsync("analyst", "GET", "cases?sort=severity")).Json);
        Assert.Equal(new[] { all[0], all[^1] }.Order(), again[..2].Order());
    }

    /// <summary>The newest are of cases that somebody else works on: they fill no page and end no list.</summary>
    [Fact]
    public async Task Events_of_others_cases_take_no_row_of_a_page()
    {
        await _api.Cases.HandleAsync([.. Enumerable.Range(1, 7).Select(i => CaseHandlerFixture.Flood(
            (ulong)i, (uint)i, from: CaseHandlerFixture.Start + i))]);
        foreach (var file in _api.Cases.Desk.Files.Where(file => file.Scopes[0].Event >= 4).ToList())
        {
            Assert.Equal(200, (await _api.SendAsync(
                "analyst", "PUT", $"cases/{file.Id}/assignee", """{"to": "ana"}""")).Status);
        }

        List<string> seen = [];
        for (var next = ""; next is not null;)
        {
            var page = (await _api.SendAsync("analyst", "GET", $"events?limit=2{next}")).Json;
            Assert.InRange(page.GetProperty("items").GetArrayLength(), 1, 2);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(one => one.GetProperty("number").GetString()!));
            next = page.GetProperty("next").GetString() is { } after ? $"&after={Uri.EscapeDataString(after)}" : null;
        }

        Assert.Equal([$"{3:x16}", $"{2:x16}", $"{1:x16}"], seen);
    }

    private static QualityEvent Scan(int number, int line, double measured) => CaseHandlerFixture.Event(
        (ulong)number, (uint)line, RuleId.Scan,
        CaseHandlerFixture.Class(Direction.Out, CaseHandlerFixture.Tcp, [(ushort)(number > 20 ? 23 : 445)])) with
        {
            Measured = measured,
        };

    [Fact]
    public async Task Cases_are_filtered_by_what_they_are_about()
    {
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 1));
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(2, 2, port: 9999));
        var all = (await _api.SendAsync("analyst", "GET", "cases")).Json.GetProperty("items");
        Assert.Equal(2, all.GetArrayLength());
        var endpoint = all[0].GetProperty("endpoints").GetString()!;
        Assert.Equal(("flood-out", "nothing done"), (
            all[0].GetProperty("rules").GetString(), all[0].GetProperty("level").GetString()));

        async Task<int> CountAsync(string query) =>
            Ids((await _api.SendAsync("analyst", "GET", $"cases?{query}")).Json).Count;
        Assert.Equal(2, await CountAsync("rule=flood-out&state=open&assignee=-"));
        Assert.Equal(1, await CountAsync($"endpoint={Uri.EscapeDataString(endpoint)}"));
        Assert.Equal(2, await CountAsync($"endpoint={endpoint.Split(':')[0]}"));
        Assert.Equal(0, await CountAsync("rule=spam"));
        Assert.Equal(0, await CountAsync("state=closed"));
        Assert.Equal(0, await CountAsync("assignee=ana"));
        Assert.Equal(0, await CountAsync("purpose=spam-source"));
        Assert.Equal(("high", "none"), (all[0].GetProperty("severity").GetString(), all[0].GetProperty("notice").GetString()));
        Assert.Equal(2, await CountAsync("severity=high&notice=none&level=nothing%20done"));
        Assert.Equal(0, await CountAsync("severity=low"));
        Assert.Equal(0, await CountAsync("family=emotet"));
        Assert.Equal(400, (await _api.SendAsync("analyst", "GET", "cases?list=feodo")).Status);
    }

    /// <summary>The rules name far ends of the case: they are for who may see it.</summary>
    [Fact]
    public async Task What_a_block_of_anothers_case_would_send_is_not_shown()
    {
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 1));
        var scope = _api.Cases.Scopes.Single().Scope;
        var path = $"blocks/preview?scope={scope.Id}";
        Assert.Contains("203.0.113.9", (await _api.SendAsync("analyst", "GET", path)).Text, StringComparison.Ordinal);
        Assert.Equal(200, (await _api.SendAsync(
            "analyst", "PUT", $"cases/{scope.Case}/assignee", """{"to": "ana"}""")).Status);

        var refused = await _api.SendAsync("analyst", "GET", path);

        Assert.Equal((404, "unknown"), (refused.Status, refused.Code));
        Assert.DoesNotContain("203.0.113.9", refused.Text, StringComparison.Ordinal);
        Assert.Contains(_api.Cases.Audit.EntriesOf(AuditActions.ShowCase), one =>
            one.Outcome == "unknown" && one.Case == scope.Case.ToString());
    }

    [Fact]
    public async Task Evidence_of_a_case_with_several_scopes_asks_which_and_puts_nothing_on_record()
    {
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 1));
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(2, 1, port: 9999));
        var scopes = _api.Cases.Scopes.Select(one => one.Scope).ToList();
        Assert.Equal(2, scopes.Count);
        Assert.Equal(scopes[0].Case, scopes[1].Case);
        var before = _api.Cases.Audit.Entries.Count;

        var mistyped = await _api.SendAsync(
            "analyst", "POST", $"cases/{scopes[0].Case}/evidence", $$"""{"scope":"{{scopes[0].Id}}","purpose":"curiosity"}""");
        Assert.Equal((400, "bad-request"), (mistyped.Status, mistyped.Code));
        Assert.Contains("is no purpose", mistyped.Detail, StringComparison.Ordinal);
        Assert.Equal(before, _api.Cases.Audit.Entries.Count);
        var answer = await _api.SendAsync("analyst", "POST", $"cases/{scopes[0].Case}/evidence", "{}");

        Assert.Equal(400, answer.Status);
        Assert.All(scopes, scope => Assert.Contains(scope.Id.ToString(), answer.Detail, StringComparison.Ordinal));
        Assert.Equal(before, _api.Cases.Audit.Entries.Count);
    }

    [Fact]
    public async Task The_same_key_does_an_act_once_and_another_key_does_it_again()
    {
        var id = await OpenCaseAsync(1);
        var path = $"cases/{id}/comments";
        const string Body = """{"text": "called back"}""";

        var first = await _api.SendAsync("analyst", "POST", path, Body, (IdempotencyKeys.Header, "k1"));
        var again = await _api.SendAsync("analyst", "POST", path, Body, (IdempotencyKeys.Header, "k1"));
        Assert.Equal((200, first.Text), (again.Status, again.Text));
        Assert.Single(_api.Cases.Desk.Files.Single().Comments);

        var other = await _api.SendAsync(
            "analyst", "POST", path, """{"text": "no answer"}""", (IdempotencyKeys.Header, "k1"));
        Assert.Equal((422, "idempotency-key-reused"), (other.Status, other.Code));
        Assert.Equal(200, (await _api.SendAsync("analyst", "POST", path, Body, (IdempotencyKeys.Header, "k2"))).Status);
        Assert.Equal(2, _api.Cases.Desk.Files.Single().Comments.Length);

        _api.Cases.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(200, (await _api.SendAsync("analyst", "POST", path, Body, (IdempotencyKeys.Header, "k1"))).Status);
        Assert.Equal(3, _api.Cases.Desk.Files.Single().Comments.Length);
    }

    /// <summary>RFC 9110 13.1.1. What comes again under its key has the first answer, and a role that may not learns
    /// nothing of versions.</summary>
    [Fact]
    public async Task A_step_is_for_the_version_that_was_read()
    {
        var id = await OpenCaseAsync(1);
        string Tag() => Weir.Desk.Cases.Records.CaseVersion.Of(_api.Cases.Desk.Files.Single());
        var (old, path) = (Tag(), $"cases/{id}/comments");
        const string Body = """{"text": "called back"}""";

        var first = await _api.SendAsync("analyst", "POST", path, Body, ("If-Match", old), (IdempotencyKeys.Header, "k1"));
        var again = await _api.SendAsync("analyst", "POST", path, Body, ("If-Match", old), (IdempotencyKeys.Header, "k1"));
        Assert.Equal((200, 200, first.Text), (first.Status, again.Status, again.Text));

        var late = await _api.SendAsync("analyst", "PUT", $"cases/{id}/assignee", """{"to": "ana"}""", ("If-Match", old));
        Assert.Equal((412, "changed-since"), (late.Status, late.Code));
        Assert.Equal("", _api.Cases.Desk.Files.Single().Assignee);
        var other = await _api.SendAsync("auditor", "PUT", $"cases/{id}/assignee", """{"to": "ana"}""", ("If-Match", old));
        Assert.Equal((403, "role-may-not"), (other.Status, other.Code));
        Assert.Equal(200, (await _api.SendAsync(
            "analyst", "PUT", $"cases/{id}/assignee", """{"to": "ana"}""", ("If-Match", Tag()))).Status);
        Assert.Equal(400, (await _api.SendAsync("analyst", "POST", "lookups", null, ("If-Match", old))).Status);
    }

    /// <summary>What one person may do alone and reaches far says why, whoever sends it.</summary>
    [Theory]
    [InlineData("POST", "blocks/emergency-stop", """{"why": "broken"}""")]
    [InlineData("POST", "blocks/emergency-stop", "{}")]
    [InlineData("PUT", "cases/{id}/closure", """{"verdict": "false-positive", "reason": " a   relay "}""")]
    [InlineData("PUT", "cases/{id}/closure", """{"verdict": "false-positive"}""")]
    public async Task What_reaches_far_takes_a_reason(string method, string path, string body)
    {
        var id = await OpenCaseAsync(1);
        var refused = await _api.SendAsync("operator", method, path.Replace("{id}", id, StringComparison.Ordinal), body);

        Assert.Equal((400, "bad-request"), (refused.Status, refused.Code));
        Assert.Contains("reason", refused.Detail, StringComparison.Ordinal);
        Assert.Null(_api.Cases.Desk.Files.Single().ClosedAt);
    }

    [Fact]
    public async Task What_was_refused_under_a_key_may_be_asked_again_and_what_names_itself_takes_no_key()
    {
        var path = "cases/c-0000000000000001/comments";
        for (var i = 0; i < 2; i++)
        {
            var answer = await _api.SendAsync(
                "analyst", "POST", path, """{"text": "a"}""", (IdempotencyKeys.Header, "k"));
            Assert.Equal((404, "unknown"), (answer.Status, answer.Code));
        }

        Assert.Equal(2, _api.Cases.Audit.EntriesOf(AuditActions.EditCase).Count(e => e.Outcome == "unknown"));
        var named = await _api.SendAsync("analyst", "POST", "lookups", null, (IdempotencyKeys.Header, "k"));
        Assert.Equal((400, "bad-request"), (named.Status, named.Code));
        var bad = await _api.SendAsync(
            "analyst", "POST", path, """{"text": "a"}""", (IdempotencyKeys.Header, new string('k', 65)));
        Assert.Equal((400, "bad-request"), (bad.Status, bad.Code));
    }

    [Fact]
    public async Task Two_requests_at_once_under_one_key_are_one_act()
    {
        var keys = new IdempotencyKeys(_api.Cases.Clock);
        var (acts, go) = (0, new TaskCompletionSource<byte[]>());
        Task<byte[]> ActAsync()
        {
            acts++;
            return go.Task;
        }

        var one = keys.RunAsync("ana", "k", new byte[] { 1 }, ActAsync);
        var other = keys.RunAsync("ana", "k", new byte[] { 1 }, ActAsync);
        var olaf = keys.RunAsync("olaf", "k", new byte[] { 2 }, () => Task.FromResult(new byte[] { 9 }));
        go.SetResult([7]);

        Assert.Equal([7, 7, 9], (byte[])[.. await one, .. await other, .. await olaf]);
        Assert.Equal(1, acts);
    }

    /// <summary>Rules R15 over the API: the one who asked may not give, whatever key is sent.</summary>
    [Fact]
    public async Task A_plan_waits_for_another_person_and_the_list_shows_it()
    {
        var planned = await _api.SendAsync(
            "analyst", "POST", "blocks",
            """
            {"target": "flowspec 203.0.113.9 tcp 443 discard", "threat": "a command server",
             "necessity": "customers are steered from it", "alternatives": "mail, not answered"}
            """);
        Assert.True(planned.Status == 200, planned.Text);
        var id = planned.Json.GetProperty("block").GetProperty("id").GetString();

        // The tests' user has another role on the other socket, and is the same user all the same.
        var given = await _api.SendAsync("operator", "POST", $"blocks/{id}/approval", "{}");
        Assert.Equal((403, "second-person-needed"), (given.Status, given.Code));
        var waiting = (await _api.SendAsync("auditor", "GET", "approvals")).Json.GetProperty("items");
        Assert.Equal(ApiFixture.Me, waiting[0].GetProperty("askedBy").GetString());
        Assert.Equal(
            "planned",
            (await _api.SendAsync("auditor", "GET", "blocks")).Json.GetProperty("items")[0].GetProperty("state")
                .GetString());

        var stopped = await _api.SendAsync(
            "operator", "POST", "blocks/emergency-stop", """{"why": "mail is blocked"}""");
        Assert.Contains("1 blocks and plans", stopped.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_is_on_record_before_its_rows_and_a_subject_is_a_pseudonym()
    {
        var id = await OpenCaseAsync(1);
        var scope = _api.Cases.Scopes.Single().Scope;

        var read = await _api.SendAsync("analyst", "POST", $"cases/{id}/evidence", $$"""{"scope": "{{scope.Id}}"}""");
        Assert.True(read.Status == 200, read.Text);
        Assert.Equal(scope.Id.ToString(), read.Json.GetProperty("scope").GetString());
        Assert.Contains(
            _api.Cases.Audit.EntriesOf(AuditActions.ReadEvidence),
            e => e.Outcome == AuditActions.Allow && e.Scope == scope.Id.ToString());
        Assert.DoesNotContain("10.0.0.1", (await _api.SendAsync("analyst", "GET", $"cases/{id}")).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_auditor_reads_the_transparency_report_of_a_quarter_as_it_was_written()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_api.Folder, "transparency-2026Q1.json"), """{"schema":  "weir.transparency/1"}""");
        await File.WriteAllTextAsync(Path.Combine(_api.Folder, "transparency-..%2F.json"), "{}");

        Assert.Equal(
            """{"quarters":["2026Q1"]}""", (await _api.SendAsync("auditor", "GET", "transparency")).Text);
        Assert.Equal(
            """{"schema":  "weir.transparency/1"}""",
            (await _api.SendAsync("auditor", "GET", "transparency/2026Q1")).Text);
        Assert.Equal("unknown", (await _api.SendAsync("auditor", "GET", "transparency/2026Q2")).Code);
    }

    private static List<string> Ids(System.Text.Json.JsonElement page) =>
        [.. page.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("id").GetString()!)];

    /// <summary>The record says what somebody tried to open, as that and not as a case; the refusal names no route to
    /// who typed a command.</summary>
    [Theory]
    [InlineData("analyst", "settings")]
    [InlineData("analyst", "retention")]
    [InlineData("operator", "oversight")]
    public async Task A_refused_look_at_the_instance_is_on_record_by_its_own_name(string role, string what)
    {
        var refused = await _api.SendAsync(role, "GET", what);

        Assert.Equal((403, "role-may-not"), (refused.Status, refused.Code));
        Assert.DoesNotContain("/", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(what, Assert.Single(_api.Cases.Audit.EntriesOf(AuditActions.ShowInstance)).Reason);
        Assert.Empty(_api.Cases.Audit.EntriesOf(AuditActions.ShowCase));
    }

    /// <summary>A case that nothing may be done about says so, and not that it will be.</summary>
    [Fact]
    public async Task A_sealed_case_says_why_it_has_no_ladder()
    {
        var now = _api.Cases.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 1, from: now - 60_000, until: now) with
        {
            Doubt = EvidenceDoubt.NewStream,
        });
        var id = _api.Cases.Desk.Files.Single().Id.ToString();

        var refused = await _api.SendAsync("analyst", "GET", $"cases/{id}/ladder");

        Assert.Equal((403, "not-corroborated"), (refused.Status, refused.Code));
        Assert.StartsWith($"{id} has no ladder: Sealed until ", refused.Detail, StringComparison.Ordinal);
        var shown = (await _api.SendAsync("analyst", "GET", $"cases/{id}")).Json.GetProperty("scopes")[0];
        Assert.Equal("sealed", shown.GetProperty("state").GetString());
        Assert.EndsWith(shown.GetProperty("seal").GetString()!, refused.Detail, StringComparison.Ordinal);
        Assert.Contains("has not gone on for long enough", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("c-0000000000000009 does not exist", (await _api.SendAsync(
            "analyst", "GET", "cases/c-0000000000000009/ladder")).Detail, StringComparison.Ordinal);
    }

    private async Task<string> OpenCaseAsync(uint subject)
    {
        _api.Cases.Clock.Advance(TimeSpan.FromSeconds(subject % 2)); // some within a moment
        var now = _api.Cases.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(
            100 + subject, subject, from: now - 60_000, until: now));
        return _api.Cases.Desk.Files.Single(f => f.Subject == CaseHandlerFixture.Subject(subject)).Id.ToString();
    }
}
