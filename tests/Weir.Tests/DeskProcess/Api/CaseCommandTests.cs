// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using Weir.Cli;
using Weir.Cli.Commands.Cases;
using Weir.Cli.Entry;
using Weir.Cli.Reporting;
using Weir.Contracts.Events;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Cases;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>The desk's work on many cases from the command line, over the real API.</summary>
public sealed class CaseCommandTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Opened = new(2026, 11, 29, 9, 0, 0, TimeSpan.Zero);

    private ApiFixture _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiFixture.OpenAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_step_on_all_cases_is_shown_first_and_done_one_by_one_with_yes()
    {
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 1));
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(2, 2));
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(3, 3, port: 9999));
        string[] words = ["close", "--all", "--endpoint", "203.0.113.9:7703", "--as", "fixed", "--reason", "a worm of May"];

        var shown = await RunAsync(words);

        Assert.Equal(ExitCode.Done, shown.Code);
        Assert.Contains("would be done on 2 cases; nothing was done", shown.Error, StringComparison.Ordinal);
        Assert.Equal(3, shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain(_api.Cases.Desk.Files, file => file.State == CaseState.Closed);

        var before = _api.Cases.Audit.Entries.Count;
        var done = await RunAsync([.. words, "--yes"]);

        Assert.Equal((ExitCode.Done, true), (done.Code, done.Error.Contains("2 cases done, 0 refused", StringComparison.Ordinal)));
        Assert.Equal(2, _api.Cases.Desk.Files.Count(file => file.State == CaseState.Closed));
        Assert.True(_api.Cases.Audit.Entries.Count >= before + 2, "each close has its own entry");

        var again = await RunAsync([.. words, "--yes"]);
        Assert.Contains("0 cases done, 0 refused", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_for_one_case_is_told_and_the_rest_goes_on()
    {
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 1));
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(2, 2));
        _ = await RunAsync(["close", "--all", "--as", "fixed", "--yes"]);

        var refused = await RunAsync(["close", "--all", "--state", "closed", "--as", "fixed", "--yes"]);

        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains("0 cases done, 2 refused", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("close --as fixed", "takes one CASE, or --all")]
    [InlineData("close c-0011223344556677 --all --as fixed", "takes one CASE, or --all")]
    [InlineData("close c-0011223344556677 --rule scan --as fixed", "takes one CASE, or --all")]
    public async Task One_case_and_all_are_two_things(string words, string why) => Assert.Contains(
        why, (await Assert.ThrowsAsync<OperatorException>(() => RunAsync(words.Split(' ')))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("case show foo")]
    [InlineData("case evidence c-12")]
    [InlineData("case close foo --as fixed")]
    [InlineData("case ladder foo")]
    [InlineData("disclose foo")]
    [InlineData("notify send foo")]
    [InlineData("notify show c-1")]
    [InlineData("block withdraw b-1 --reason gone", "block", "b-")]
    [InlineData("block approve x", "block", "b-")]
    [InlineData("block plan-line s-1 --threat a --necessity b --alternatives c", "scope", "s-")]
    [InlineData("case evidence c-0011223344556677 --scope s-1", "scope", "s-")]
    [InlineData("case review s-1", "scope", "s-")]
    [InlineData("disclose --approve b-0011223344556677", "request", "a-")]
    [InlineData("disclose --show x", "request", "a-")]
    [InlineData("compare promote --approve x", "request", "a-")]
    [InlineData("approve x", "request or block", "a- or b-")]
    public void What_is_no_number_is_refused_before_anybody_is_asked(
        string line, string noun = "case", string begins = "c-") => Assert.Contains(
        $"is not a {noun} number; write {begins} and 16 hexadecimal digits",
        Assert.Single(CommandTree.Create().Parse(line.Split(' ')).Errors).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("-1", false)]
    [InlineData("0", false)]
    [InlineData("1", true)]
    public void A_limit_is_a_number_of_rows(string limit, bool isOne) => Assert.Equal(
        isOne,
        CommandTree.Create().Parse(["case", "evidence", "c-0011223344556677", "--limit", limit]).Errors.Count == 0);

    [Fact]
    public async Task What_was_written_into_a_case_is_read_in_the_table_and_by_programs()
    {
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 1));
        var id = _api.Cases.Desk.Files.Single().Id.ToString();
        Assert.Equal(ExitCode.Done, (await RunAsync(["comment", id, "--text", "called back, no answer"])).Code);

        var table = (await RunAsync(["show", id])).Output;
        Assert.All(table.Split('\n'), line => Assert.True(line.Length <= 100, line));
        Assert.Contains("called back, no answer", table, StringComparison.Ordinal);
        Assert.Contains(id, table, StringComparison.Ordinal);

        var comments = JsonDocument.Parse((await RunAsync(["show", id, "--part", "comments", "-o", "json"])).Output);
        Assert.Equal("called back, no answer", comments.RootElement[0].GetProperty("text").GetString());
        var whole = JsonDocument.Parse((await RunAsync(["show", id, "--part", "case", "-o", "json"])).Output);
        Assert.Equal(id, whole.RootElement[0].GetProperty("case").GetString());
        var scopes = JsonDocument.Parse((await RunAsync(["show", id, "-o", "json"])).Output);
        Assert.StartsWith("s-", scopes.RootElement[0].GetProperty("scope").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_is_put_aside_until_a_time_to_come_alone()
    {
        await _api.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 1));
        var file = _api.Cases.Desk.Files.Single();
        var past = _api.Cases.Clock.GetUtcNow() - TimeSpan.FromSeconds(1);

        var refused = await Assert.ThrowsAsync<OperatorException>(
            () => RunAsync(["snooze", file.Id.ToString(), "--until", $"{past:O}"]));

        Assert.Contains("is past; snooze", refused.Message, StringComparison.Ordinal);
        Assert.Null(_api.Cases.Desk.Files.Single().SnoozedUntil);
        Assert.Contains(
            _api.Cases.Audit.EntriesOf(AuditActions.EditCase), entry => entry.Outcome == "action-not-allowed");
        Assert.Equal(0, (await RunAsync(["snooze", file.Id.ToString(), "--until", $"{past.AddHours(1):O}"])).Code);
    }

    [Fact]
    public void The_table_fits_a_hundred_columns_and_loses_nothing()
    {
        CaseSummary[] rows =
        [
            Row("c-0011223344556677", "high", "2001:db8:1234:5678:9abc:def0:1234:5678:443/tcp", "a-very-long-name-of-a-list"),
            Row("c-0011223344556678", "low", "203.0.113.9:7703/udp", ""),
        ];
        var table = new StringWriter();
        Listing.Write(rows, CaseListCommand.Columns(wide: false), ListingFormat.Table, table);
        var lines = table.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.All(lines, line => Assert.True(line.Length <= 100, line));
        Assert.StartsWith("case                severity", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("family", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("c-0011223344556677  high", lines[1], StringComparison.Ordinal);
        var cut = string.Concat(table.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("found", lines[1], StringComparison.Ordinal);
        Assert.All((string[])["2001:", "9abc:", "443/", "tcp", "very-", "long-", "list", "told"], part =>
            Assert.Contains(part, cut, StringComparison.Ordinal));
        Assert.DoesNotContain('…', cut);

        var csv = new StringWriter();
        Listing.Write(rows, CaseListCommand.Columns(wide: false), ListingFormat.Csv, csv);
        Assert.Contains("subject", csv.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("age", csv.ToString().Split("\r\n")[0].Split(','));
        Assert.Equal(
            ["low", "high"], CaseListCommand.Sort(rows, "severity").Select(row => row.Severity));
    }

    [Theory]
    [InlineData("scan/1", 150, 100, CaseSeverity.Medium)]
    [InlineData("scan/1", 1_000, 100, CaseSeverity.High)]
    [InlineData("flood-out/1", 150, 100, CaseSeverity.High)]
    [InlineData("flood-in/1", 100_000, 100, CaseSeverity.Low)]
    [InlineData("cnc-contact/1", 1, 1, CaseSeverity.High)]
    public void A_scope_is_as_pressing_as_its_rule_and_a_step_more_where_the_measure_is_tenfold(
        string trigger, double measured, double threshold, CaseSeverity severity) => Assert.Equal(
        severity, CaseSeverities.Of(trigger, new MeasuredTrigger(measured, threshold, "", 60, 1, "192.0.2.1", "")));

    private static CaseSummary Row(string id, string severity, string endpoint, string list) => new(
        id, "open", "p-00112233445566778899aabbccddeeff", "", Opened, null, null, "none", 1, 1, "cnc-contact",
        "cnc-contact", endpoint, list, "", "", "told", severity, "found told");

    private async Task<(int Code, string Output, string Error)> RunAsync(string[] words)
    {
        _ = await _api.ServerAsync("analyst");
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandTree.Create().Parse(["case", .. words, "--socket", _api.SocketOf("analyst")]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (code, output.ToString(), error.ToString());
    }
}
