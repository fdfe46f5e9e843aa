// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Approvals;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Instance;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;
using Weir.Hosting.Retention;
using Weir.Tests.Cases;

namespace Weir.Tests.DeskProcess.ConsolePages;

/// <summary>What happened, what customers were told, what is held, what is governed and what is set.</summary>
public sealed class ConsoleRecordTests
{
    private const string Script = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`";

    [Fact]
    public async Task Events_are_measured_against_their_threshold_and_lead_to_their_case_and_a_rule()
    {
        await using var console = await ConsoleFixture.OpenAsync();
        await console.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 7));
        var scope = console.Cases.Desk.Files.Single().Scopes.Single().Scope;
        var olaf = await console.SignInAsync("olaf");

        var page = (await olaf.GetAsync("/events")).Text;
        Assert.Contains("<b>1 event is open.</b>", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/cases/{scope.Case}\"", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"/blocks/line?scope={scope.Id}\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain(scope.Subject.ToString(), page, StringComparison.Ordinal);
        var plan = (await olaf.GetAsync($"/blocks/line?scope={scope.Id}")).Text;
        Assert.Contains("line=hidden", plan, StringComparison.Ordinal);

        var other = (await olaf.GetAsync("/events?rule=spam")).Text;
        Assert.Contains("No event", other, StringComparison.Ordinal);
        var odd = (await olaf.GetAsync("/events?from=yesterday&to=2026-01-01")).Text;
        Assert.Contains("left out: from.", odd, StringComparison.Ordinal);
        Assert.Equal(2, (await olaf.GetAsync("/events?as=csv")).Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    /// <summary>Contacts with listed endpoints are told in their cases alone (R11); what is another's case is not told.
    /// </summary>
    [Fact]
    public async Task Of_contacts_and_of_what_is_anothers_nothing_is_listed()
    {
        await using var console = await ConsoleFixture.OpenAsync();
        await console.Cases.HandleAsync(CaseHandlerFixture.Event(
            2, 8, RuleId.CncContact, CaseHandlerFixture.Class(Direction.Out, 6, [443], "198.51.100.9")));
        await console.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 7));
        var id = console.Cases.Desk.Files.Single(file => file.Scopes[0].Scope.Trigger.StartsWith("flood", StringComparison.Ordinal)).Id.ToString();
        var ana = await console.SignInAsync("ana");
        Assert.Equal(303, (await ana.PostAsync($"/cases/{id}/assign", ("to", "ana"), console.TagOf(id))).Status);

        var hers = await ana.GetAsync("/events?as=json");
        var his = await (await console.SignInAsync("olaf")).GetAsync("/events?as=json");

        Assert.Contains("flood-out", hers.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("cnc-contact", hers.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("flood-out", his.Text, StringComparison.Ordinal);
        Assert.Equal(400, (await console.Api.SendAsync("analyst", "GET", "events?rule=cnc-contact")).Status);
        Assert.Equal(400, (await console.Api.SendAsync("analyst", "GET", "events?from=yesterday")).Status);
    }

    /// <summary>An event that fell into an open scope bears no scope's number: its case is the scope's.</summary>
    [Fact]
    public async Task A_further_event_of_a_case_that_is_anothers_is_not_listed_either()
    {
        await using var console = await ConsoleFixture.OpenAsync();
        await console.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 7));
        var file = console.Cases.Desk.Files.Single();
        var id = file.Id.ToString();
        var ana = await console.SignInAsync("ana");
        Assert.Equal(303, (await ana.PostAsync($"/cases/{id}/assign", ("to", "ana"), console.TagOf(id))).Status);
        await console.Cases.HandleAsync(CaseHandlerFixture.Flood(2, 7));
        Assert.Single(console.Cases.Scopes);

        var hers = JsonDocument.Parse((await ana.GetAsync("/events?as=json")).Text).RootElement.GetProperty("items");
        var his = await (await console.SignInAsync("olaf")).GetAsync("/events?as=json");

        Assert.Equal(2, hers.GetArrayLength());
        Assert.All(hers.EnumerateArray(), one => Assert.Equal(
            (id, file.Scopes.Single().Scope.Id.ToString(), ""),
            (one.GetProperty("case").GetString(), one.GetProperty("scope").GetString(),
                one.GetProperty("exporter").GetString())));
        Assert.DoesNotContain("flood-out", his.Text, StringComparison.Ordinal);
    }

    /// <summary>What goes on stands first, however much was over since it began; and a file has all of it.</summary>
    [Fact]
    public async Task What_goes_on_is_seen_behind_a_page_full_of_what_is_over()
    {
        const long Later = CaseHandlerFixture.Start + (3 * 3_600_000);
        await using var console = await ConsoleFixture.OpenAsync();
        console.Cases.Clock.Advance(TimeSpan.FromHours(3));
        await console.Cases.HandleAsync([
            CaseHandlerFixture.Flood(1, 1, until: Later),
            .. Enumerable.Range(2, 201).Select(i => CaseHandlerFixture.Flood(
                (ulong)i, (uint)i, from: Later - 60_000, until: Later, phase: EventPhase.Closed)),
        ]);
        var ana = await console.SignInAsync("ana");

        var page = (await ana.GetAsync("/events")).Text;

        Assert.Contains("<b>1 event is open.</b>", page, StringComparison.Ordinal);
        Assert.Contains("in the first 200 rows", page, StringComparison.Ordinal);
        Assert.Equal(203, (await ana.GetAsync("/events?as=csv")).Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(400, (await console.Api.SendAsync("analyst", "GET", "events?state=over")).Status);
        var day = console.Cases.Clock.GetUtcNow().AddDays(-32).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var long32 = await console.Api.SendAsync("analyst", "GET", $"events?from={day}");
        Assert.Equal(400, long32.Status);
        Assert.Contains("31 days", long32.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notices_stand_by_state_and_are_shown_as_the_customer_reads_them()
    {
        await using var console = await ConsoleFixture.OpenAsync();
        await console.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 7));
        var id = console.Cases.Desk.Files.Single().Id.ToString();
        var ana = await console.SignInAsync("ana");
        Assert.Equal(303, (await ana.PostAsync($"/cases/{id}/notify")).Status);

        var all = (await ana.GetAsync("/notices")).Text;
        Assert.Contains($"/cases/{id}\"", all, StringComparison.Ordinal);
        Assert.Contains("No notice", (await ana.GetAsync("/notices?state=refused")).Text, StringComparison.Ordinal);
        Assert.Contains($"/cases/{id}\"", (await ana.GetAsync("/notices?state=nonsense")).Text, StringComparison.Ordinal);
        var preview = (await ana.GetAsync("/notices/preview?step=reminder&language=de")).Text;
        Assert.Contains("About reminder", preview, StringComparison.Ordinal);
        Assert.Contains("Dear A. Example", preview, StringComparison.Ordinal);
        Assert.Contains("<option value=\"de\" selected>", preview, StringComparison.Ordinal);
        Assert.Equal(400, (await console.Api.SendAsync("analyst", "GET", "notices/preview?step=x")).Status);
    }

    [Fact]
    public async Task What_is_held_stands_beside_its_limit_and_what_is_over_it_first()
    {
        await using var console = await ConsoleFixture.OpenAsync(instance: new()
        {
            Holdings =
            [
                ("desk", (now, _) => Task.FromResult<IReadOnlyList<RetentionEntry>>(
                    [RetentionEntry.Create("reports", (now.AddDays(-2), now), (3, 400), "7 d", now.AddDays(-7), Script)])),
                ("store", (now, _) => Task.FromResult<IReadOnlyList<RetentionEntry>>(
                    [RetentionEntry.Create("pairs", (now.AddDays(-9), now), (30, 4_000), "7 d", now.AddDays(-7), "t")])),
                ("vault", (_, _) => Task.FromResult<IReadOnlyList<RetentionEntry>>(
                    [new("all", null, null, 0, 0, "", RetentionEntry.Unknown, "it does not answer")])),
            ],
        });
        var page = (await (await console.SignInAsync("petra")).GetAsync("/retention")).Text;

        Assert.Contains("1 kind is held longer than it may be.", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf(">pairs<", StringComparison.Ordinal) < page.IndexOf(">reports<", StringComparison.Ordinal));
        Assert.Contains("it does not answer", page, StringComparison.Ordinal);
        Assert.Contains("Who had an address", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_governance_that_waits_is_shown_as_the_difference_and_signed_elsewhere()
    {
        var before = Signed("instance: example-net\npeople:\n  - name: ana\n");
        var after = Signed("instance: example-net\npeople:\n  - name: eva\u001b[2J<b>\n");
        await using var console = await ConsoleFixture.OpenAsync(instance: new()
        {
            Governance = () => new(
                new GovernanceDocument { Instance = "example-net" },
                new People("example-net", [new Person("ana", "ana", Role.Analyst, [])]), before.Digest, ["ana", "olaf"],
                "governance waits: it lacks a signature"),
            Kept = () => before, Lies = () => after, GovernanceFile = "/etc/weir/governance.yaml",
        });
        var page = WebUtility.HtmlDecode((await (await console.SignInAsync("adam")).GetAsync("/governance")).Text);

        Assert.Contains("A change waits and is not in force.", page, StringComparison.Ordinal);
        Assert.Contains("-   - name: ana", page, StringComparison.Ordinal);
        Assert.Contains("+   - name: eva", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", page, StringComparison.Ordinal);
        Assert.Contains("weir governance sign /etc/weir/governance.yaml", page, StringComparison.Ordinal);
        Assert.Contains(after.Digest, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<form method=\"post\" action=\"/governance", page, StringComparison.Ordinal);
    }

    /// <summary>The record as it lies: heads, entries, a word that is looked for.</summary>
    [Fact]
    public async Task The_record_is_read_newest_first_and_may_be_searched()
    {
        await using var console = await ConsoleFixture.OpenAsync();
        var folder = Path.Combine(console.Api.Folder, "audit");
        var time = console.Cases.Clock;
        await using (var audit = FileAuditLog.Open(
            new() { Directory = folder }, time, Microsoft.Extensions.Logging.Abstractions.NullLogger<FileAuditLog>.Instance))
        {
            // More than is read at once: a line must not become another's.
            for (var i = 1; i <= 1_000; i++)
            {
                _ = await audit.AppendAsync(
                    new()
                    {
                        Actor = i == 900 ? "olaf" : "ana", Role = "analyst", Act = "read-evidence",
                        Outcome = i == 900 ? "out-of-scope" : "allow", Reason = $"{i} {new string('x', i % 300)} {Script}",
                    },
                    default);
            }
        }

        var petra = await console.SignInAsync("petra");
        var page = await petra.GetAsync("/audit");
        Assert.Equal(200, page.Status);
        Assert.Contains("1 of these entries is a refusal.", page.Text, StringComparison.Ordinal);
        Assert.Contains("<td class=\"n\" data-head=\"No.\">1000</td>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(">800</td>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page.Text, StringComparison.Ordinal);
        var only = (await petra.GetAsync("/audit?only=olaf")).Text;
        Assert.Contains("1 entry", only, StringComparison.Ordinal);
        var csv = await petra.GetAsync("/audit?as=csv");
        Assert.Equal(201, csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("weir-audit-first-200.csv", csv.Header("Content-Disposition"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lab_says_that_nothing_is_governed()
    {
        await using var console = await ConsoleFixture.OpenAsync();
        var page = (await (await console.SignInAsync("ana")).GetAsync("/governance")).Text;

        Assert.Contains("nothing is governed", page, StringComparison.Ordinal);
        Assert.Contains("Nothing waits", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_stand_with_their_source_those_that_are_set_first()
    {
        await using var console = await ConsoleFixture.OpenAsync(instance: new()
        {
            Settings =
            [
                new("store.dir", "/var/lib/weir", "/var/lib/weir", SettingSources.Usual, 0, "Where it lies."),
                new("console.enabled", "true", "false", SettingSources.File, 12, Script),
                new("store.retention-days", "3", "7", SettingSources.Governance, 0, "How long."),
            ],
        });
        var adam = await console.SignInAsync("adam");
        var page = (await adam.GetAsync("/settings")).Text;

        Assert.Contains("file, line 12", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("store.retention-days", StringComparison.Ordinal) < page.IndexOf("store.dir", StringComparison.Ordinal));
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("store.dir", (await adam.GetAsync("/settings?only=console")).Text, StringComparison.Ordinal);
        var ana = await console.SignInAsync("ana");
        Assert.Equal(403, (await ana.GetAsync("/settings")).Status);
        Assert.DoesNotContain("href=\"/settings\"", (await ana.GetAsync("/")).Text, StringComparison.Ordinal);
    }

    private static SignedGovernance Signed(string text) => new(Encoding.UTF8.GetBytes(text), []);
}
