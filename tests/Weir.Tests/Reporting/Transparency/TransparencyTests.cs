// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Weir.Cli;
using Weir.Cli.Commands;
using Weir.Cli.Configuring;
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Policy;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Transparency;
using Weir.Hosting.Auditing;
using Weir.Tests.Auditing;

namespace Weir.Tests.Reporting.Transparency;

public sealed class TransparencyTests : IDisposable
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AuditFixture _place = new();

    public void Dispose() => _place.Dispose();

    private static AuditEntry Machine(
        string act, string outcome = AuditActions.Allow, string rule = "", string @case = "", string reason = "") =>
            new()
            {
                Actor = "weir",
                Role = "machine",
                Act = act,
                Outcome = outcome,
                Rule = rule,
                Case = @case,
                Reason = reason
            };

    private static IEnumerable<AuditEntry> Scopes(string rule, int subjects, int each) =>
        from subject in Enumerable.Range(0, subjects)
        from _ in Enumerable.Range(0, each)
        select Machine(AuditActions.OpenScope, rule: rule, @case: $"{rule}-{subject}");

    private async Task<TransparencyReport> ReportAsync(PolicyProfile policy, IEnumerable<AuditEntry> entries)
    {
        await using (var log = _place.Open())
        {
            await Task.WhenAll(entries.Select(entry => log.AppendAsync(entry, default)));
        }

        return TransparencyTally.CreateReport(
            _place.Directory, policy, new ReportWindow(From, From.AddMonths(3)), _place.Clock.Wall);
    }

    [Fact]
    public async Task Everything_of_R18_is_counted_from_the_audit()
    {
        var report = await ReportAsync(PolicyProfile.Lab,
        [
            .. Scopes("flood-out/3", 4, 2), .. Scopes("spam/1", 1, 1),
            Machine(AuditActions.RenewScope, @case: "a"), Machine(AuditActions.ExpireScope, @case: "a"),
            Machine(AuditActions.CloseCase, @case: "a"), Machine(AuditActions.ReadEvidence),
            Machine(AuditActions.ReadEvidence, "out-of-scope"),
            Machine(AuditActions.Look, "no-trigger"), Machine(AuditActions.Look, "no-trigger"),
            Machine(AuditActions.CountEvidence), Machine(AuditActions.EraseEvidence),
            Machine(AuditActions.AskDisclosure), Machine(AuditActions.Disclose),
            Machine(AuditActions.Disclose, "second-person-needed"), Machine(AuditActions.Notify, @case: "a"),
            Machine(AuditActions.Notified, @case: "a"),
            Machine(AuditActions.EndRemediation, @case: "a") with { Result = AuditActions.Clean },
            Machine(AuditActions.EndRemediation, @case: "b", reason: "clean") with { Result = AuditActions.NotClean },
            Machine(AuditActions.EndRemediation, @case: "c", reason: "clean") with { Result = AuditActions.NotKnown },
            Machine(AuditActions.Compare) with { Permuted = 2 },
            Machine(AuditActions.Compare, reason: "permuted=7") with { Permuted = 0 },
            Machine(AuditActions.Block, reason: "collateral=9") with { Collateral = 3 },
            Machine(AuditActions.BlockInForce),
            Machine(AuditActions.Unblock, reason: "life=9") with { LifetimeSeconds = 100 },
            Machine(AuditActions.OverturnBlock) with { LifetimeSeconds = 300 },
            Machine(AuditActions.KeyErased), Machine(AuditActions.PolicyInForce) with { ResultDigest = "abc" },
        ]);

        Assert.Equal([new("flood-out", 8), new("spam", 1)], report.Triggers);
        Assert.Equal(["flood-out/3", "spam/1"], report.RuleVersions);
        Assert.Equal(new ScopeCounts(9, 1, 1, 0, 1), report.Scopes);
        Assert.Equal((PublishedValue)5, report.SubjectsScoped);
        Assert.Equal(new EvidenceCounts(1, 1, 1, 1), report.Evidence);
        Assert.Equal(new UnmaskingCounts(1, 1, 1), report.Unmaskings);
        Assert.Equal([new("no-trigger", 2), new("out-of-scope", 1), new("second-person-needed", 1)], report.Refusals);
        Assert.Equal(new MitigationCounts(1, 1, 200, 3, 1), report.Blocks);
        Assert.Equal((PublishedValue)1, report.Notifications);
        Assert.Equal(new RemediationCounts(3, 1, 1), report.Remediation);
        Assert.Equal(new ComparisonCounts(2, 2), report.Comparisons);
        Assert.Equal(["abc"], report.Policies);
        Assert.Equal((true, 1L, 2L), (report.Audit.Sound, report.Audit.KeysErased, report.Audit.LastHead));
        Assert.Contains(new NamedText("pair digests", "7 d"), report.Retention);
    }

    [Fact]
    public async Task An_act_is_counted_once_though_leave_and_act_are_two_entries()
    {
        var report = await ReportAsync(PolicyProfile.Lab,
        [
            Machine(AuditActions.ReadEvidence) with { Result = AuditActions.Granted }, Machine(AuditActions.ReadEvidence),
            Machine(AuditActions.AskDisclosure) with { Result = AuditActions.Granted },
            Machine(AuditActions.AskDisclosure),
            Machine(AuditActions.Disclose) with { Result = AuditActions.Granted }, Machine(AuditActions.Disclose),
            Machine(AuditActions.Disclose) with { Result = AuditActions.Again },
            Machine(AuditActions.CloseCase, @case: "a") with { Result = AuditActions.Granted },
            Machine(AuditActions.CloseCase, @case: "a"),
            Machine(AuditActions.Compare) with { Result = AuditActions.Granted }, Machine(AuditActions.Compare),
            Machine(AuditActions.OpenScope, "bad-signature") with { Rows = 1 },
            Machine(AuditActions.OpenScope, "bad-signature") with { Rows = 4 },
        ]);

        Assert.Equal(1, report.Evidence.Reads);
        Assert.Equal(new UnmaskingCounts(1, 1, 0), report.Unmaskings);
        Assert.Equal((PublishedValue)1, report.Scopes.CasesClosed);
        Assert.Equal(1, report.Comparisons.Runs);
        Assert.Equal([new("bad-signature", 5)], report.Refusals);
    }

    [Fact]
    public async Task Nobody_stands_in_it_and_few_are_hidden_with_one_beside()
    {
        var report = await ReportAsync(PolicyProfile.UsProvider, [
            .. Scopes("flood-out/3", 23, 2), .. Scopes("scan/1", 12, 1), .. Scopes("spam/1", 3, 20)]);

        // 3 subjects are below k; the next smallest goes with it, so that no sum gives the three away.
        Assert.Equal(
            [new("flood-out", 45), new("scan", PublishedValue.FromText("not shown")), new(
                "spam", PublishedValue.FromText("<10"))],
            report.Triggers);
        Assert.Equal((PublishedValue)40, report.SubjectsScoped);
        Assert.Equal(((PublishedValue)0, (PublishedValue)0), (report.Notifications, report.Scopes.CasesClosed));
        var (json, html) = (report.ToJson(), TransparencyPage.Write(report));
        Assert.All(["flood-out/3-", "scan/1-", "spam/1-"], name => Assert.DoesNotContain(name, json + html));
        Assert.DoesNotContain("<script", html);
    }

    [Fact]
    public async Task One_cell_alone_with_few_subjects_is_hidden_and_nothing_beside_it()
    {
        var report = await ReportAsync(PolicyProfile.UsProvider, [.. Scopes("spam/1", 9, 1)]);

        Assert.Equal([new("spam", PublishedValue.FromText("<10"))], report.Triggers);
    }

    [Fact]
    public void Taking_one_subject_away_moves_a_count_by_one_step_at_most() =>
        Prop.ForAll(Gen.Choose(1, 300).ToArbitrary(), subjects =>
        {
            var counts = new SubjectCounts(PolicyProfile.UsProvider);
            var (with, without) = (new SubjectCount(), new SubjectCount());
            for (var i = 0; i <= subjects; i++)
            {
                with.Add($"c{i}");
                if (i < subjects)
                {
                    without.Add($"c{i}");
                }
            }

            var (a, b) = (counts.Subjects(with), counts.Subjects(without));
            return a.IsNumber && b.IsNumber
                ? Math.Abs(a.Number - b.Number) <= 5
                : !b.IsNumber && (!a.IsNumber || a.Number == 10);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public async Task Entries_outside_the_window_do_not_count()
    {
        await _place.FillAsync(4);

        var report = TransparencyTally.CreateReport(
            _place.Directory, PolicyProfile.Lab, new(_place.Clock.Wall.AddHours(-1), _place.Clock.Wall.AddHours(1)),
            _place.Clock.Wall);

        Assert.Equal((8L, 11L), (report.Evidence.Reads, report.Audit.Entries));
    }

    [Fact]
    public async Task The_command_writes_json_html_and_a_table_and_ends_with_1_where_the_log_is_broken()
    {
        await _place.FillAsync(2);
        _place.Clock.Advance(TimeSpan.FromMinutes(1));
        var settings = new WeirConfiguration { Auditing = new() { Directory = _place.Directory } };
        string Run(string format, int code = 0)
        {
            using var to = new StringWriter();
            Assert.Equal(code, TransparencyCommand.Write(settings, "2026-01-01", null, format, _place.Clock, to));
            return to.ToString();
        }

        using var json = JsonDocument.Parse(Run("json"));
        Assert.Equal("weir.transparency/1", json.RootElement.GetProperty("schema").GetString());
        Assert.Equal(6, json.RootElement.GetProperty("evidence").GetProperty("reads").GetInt64());
        Assert.StartsWith("<!doctype html>", Run("html"));
        Assert.Contains("evidence", Run("table"));
        Assert.StartsWith("part,name,value\r\n", Run("csv"));
        Assert.Throws<OperatorException>(() => Run("xml"));

        File.Delete(_place.Heads);
        Assert.Contains("does not hold together", Run("html", code: 1));
    }

    [Fact]
    public async Task A_quarter_that_is_over_gets_its_files_once()
    {
        await _place.FillAsync(2);
        var folder = _place.Beside("reports");
        var transparency = new TransparencyWriter(
            _place.Directory, PolicyProfile.UsProvider, folder, _place.Clock);

        await transparency.WriteAsync(default);
        Assert.False(Directory.Exists(folder));

        _place.Clock.Advance(TimeSpan.FromDays(31));
        await transparency.WriteAsync(default);
        Assert.Equal(["transparency-2026Q1.html", "transparency-2026Q1.json"], Directory.GetFiles(folder)
            .Select(Path.GetFileName).Order());
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "transparency-2026Q1.json")));
        Assert.Equal("2026-04-01T00:00:00Z", json.RootElement.GetProperty("window").GetProperty("until").GetString());

        var written = File.GetLastWriteTimeUtc(Path.Combine(folder, "transparency-2026Q1.json"));
        await transparency.WriteAsync(default);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(folder, "transparency-2026Q1.json")));
    }
}
