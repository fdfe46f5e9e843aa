// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Contracts.Events;
using Weir.Contracts.Scopes;
using Weir.Desk.Api.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Escalations;

namespace Weir.Cli.Commands.Cases;

/// <summary><c>weir case list</c>, and which cases a command is about: the same filters for both.</summary>
internal sealed class CaseListCommand
{
    private static readonly string[] Severities = ["low", "medium", "high"];

    private readonly Option<string?>[] _filters =
    [
        Filter("--state", "In this state, such as open.", Enum.GetValues<CaseState>().Select(CaseStateMachine.ToName)),
        Filter("--rule", "Opened by this rule, such as cnc-contact.", DetectionRules.All.Select(rule => rule.Id)),
        Filter("--purpose", "With a scope of this purpose.", Enum.GetValues<Purpose>().Select(Purposes.ToName)),
        Filter("--assignee", "Of this user; - for nobody's."),
        Filter("--endpoint", "About this remote address, or ADDRESS:PORT."),
        Filter("--list", "About an endpoint that this list names now."),
        Filter("--family", "About an endpoint of this family."),
        Filter("--severity", "Of this severity: low, medium or high.", Severities),
        Filter(
            "--level", "Whose ladder has come so far, such as told.",
            Enum.GetValues<EscalationLevel>().Select(EscalationStateMachine.ToName)),
        Filter("--notice", "Whose latest notice has this step or state, such as no-contact."),
    ];

    /// <summary>Columns of a listing of cases.</summary>
    /// <param name="wide">All of them in a table that fits the screen too.</param>
    public static IReadOnlyList<ListingColumn<CaseSummary>> Columns(bool wide)
    {
        var (detail, spare) = wide
            ? (ColumnUse.Always, ColumnUse.Always) : (ColumnUse.Detail, ColumnUse.Spare);
        ListingColumn<CaseSummary>[] columns =
        [
            new("case", c => c.Id), new("severity", c => c.Severity), new("state", c => c.State),
            new("rule", c => c.Rules), new("endpoint", c => c.Endpoints),
            new("list", c => c.Lists, spare), new("family", c => c.Families, spare),
            new("network", c => c.Networks, detail), new("level", c => c.Level, spare),
            new("notice", c => c.Notice, spare),
            new("age", c => Age(c.Opened), ColumnUse.Brief),
            new("subject", c => c.Subject, detail), new("purposes", c => c.Purposes, detail),
            new("openScopes", c => c.OpenScopes, detail), new("scopes", c => c.Scopes, detail),
            new("assignee", c => c.Assignee, detail), new("opened", c => c.Opened, detail),
            new("snoozedUntil", c => c.Snoozed, detail), new("closed", c => c.Closed, detail),
            new("verdict", c => c.Verdict, detail),
        ];
        return wide ? [.. columns.Where(column => column.Use != ColumnUse.Brief)] : columns;
    }

    /// <summary>Adds the filters to a command.</summary>
    public static CaseListCommand FiltersOn(Command command)
    {
        var filters = new CaseListCommand();
        Array.ForEach(filters._filters, command.Add);
        return filters;
    }

    public static Command Create()
    {
        var command = new Command(
            "list",
            """
            List case files, newest first. The table fits the screen; --wide, json, ndjson and csv have every column.

            Example: weir case list --state open --severity high --sort endpoint
            """);
        var filters = FiltersOn(command);
        var sort = new Option<string?>("--sort")
        {
            Description =
                "By a column, such as subject or severity; -COLUMN the other way round. Default: newest first.",
            HelpName = "COLUMN",
        };
        command.Add(sort);
        var api = ApiOption.On(command);
        var output = OutputOption.Create();
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var rows = Sort(await filters.FindAsync(client, parsed, cancel), parsed.GetValue(sort));
            Listing.Write(
                rows, Columns(wide: false), OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The cases that fit every filter, newest first.</summary>
    public Task<IReadOnlyList<CaseSummary>> FindAsync(ApiClient client, ParseResult parsed, CancellationToken cancel)
    {
        var query = string.Join('&', _filters.Where(filter => parsed.GetValue(filter) is { Length: > 0 })
            .Select(filter => $"{filter.Name[2..]}={Uri.EscapeDataString(parsed.GetValue(filter)!)}"));
        return client.ListAsync(
            query.Length > 0 ? $"cases?{query}" : "cases", CaseJson.Default.ApiPageCaseSummary, cancel);
    }

    /// <summary>Whether any filter is given.</summary>
    public bool AreGiven(ParseResult parsed) =>
        Array.Exists(_filters, filter => parsed.GetValue(filter) is { Length: > 0 });

    /// <summary>Whether a state is asked for.</summary>
    public bool HasState(ParseResult parsed) => parsed.GetValue(_filters[0]) is { Length: > 0 };

    private static Option<string?> Filter(string name, string description, IEnumerable<string>? words = null)
    {
        var filter = new Option<string?>(name) { Description = description };
        filter.CompletionSources.Add([.. words ?? []]);
        return filter;
    }

    private static string Age(DateTimeOffset opened) => (TimeProvider.System.GetUtcNow() - opened) switch
    {
        { TotalHours: < 2 } age => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} min"),
        { TotalDays: < 2 } age => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} h"),
        var age => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} d"),
    };

    /// <exception cref="OperatorException">There is no such column.</exception>
    internal static IEnumerable<CaseSummary> Sort(IReadOnlyList<CaseSummary> rows, string? by)
    {
        if (by is not { Length: > 0 })
        {
            return rows;
        }

        var columns = Columns(wide: true);
        var column = columns.FirstOrDefault(one => one.Name == by.TrimStart('-'))
            ?? throw new OperatorException(
                $"--sort '{by}' is no column; write one of {string.Join(", ", columns.Select(one => one.Name))}",
                ExitCode.BadArguments);
        var sorted = rows.OrderBy(
            row => column.Name == "severity" ? Array.IndexOf(Severities, row.Severity) : column.Value(row),
            Comparer<object?>.Default);
        return by[0] == '-' ? sorted.Reverse() : sorted;
    }
}
