// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Api.Comparisons;
using Weir.Desk.Cases;
using Weir.Desk.Comparisons;
using Weir.Desk.Reporting;

namespace Weir.Cli.Commands.Comparing;

/// <summary><c>weir compare</c>: past runs of the comparison, a run now, and withheld endpoints by two people
/// (rules.md R11).</summary>
internal static class CompareCommand
{
    private static readonly ListingColumn<RunRow>[] Runs =
        [
            new("run", r => r.Id), new("from", r => r.From), new("until", r => r.Until),
            new("candidates", r => r.Candidates), new("shared", r => r.Shared), new("withheld", r => r.Withheld)
        ];

    private static readonly ListingColumn<ReviewResponse>[] Reviews = [
        new("id", r => r.Id), new("endpoint", r => r.Endpoint), new("network", r => r.Network),
        new("next", r => r.Next)];

    private static readonly ListingColumn<ReportCandidate>[] Candidates =
    [
        new("endpoint", RunCandidates.EndpointOf), new("network", c => $"{c.Network}"), new("status", c => c.Status),
        new("cases", c => c.Cases), new("expected", c => c.Expected), new("others", c => c.Others), new("q", c => c.Q),
        new("ic025", c => c.Ic025), new("why", c => c.Why, ColumnUse.Detail),
    ];

    public static Command Create() => new(
        "compare", "Runs of the comparison: infected against matched others. Example: weir compare list")
    {
        Make(
            "list", "List the runs that are kept. Example: weir compare list", null,
            async (client, _, format, to, cancel) =>
                Listing.Write(await client.ListAsync("comparisons", ComparisonJson.Default.ApiPageRunRow, cancel),
                    Runs, format,
                    to)),
        Make(
            "show",
            "Show a run's report as it was published: its candidates and whose networks they are in, or with -o json "
                + "the whole report. Example: weir compare show 20261122T200000Z",
            "RUN", ShowAsync),
        Make(
            "rerun", "Have a comparison begin now. Example: weir compare rerun", null,
            async (client, _, _, to, cancel) =>
                await to.WriteLineAsync((await client.PostAsync(
                    "comparisons", ComparisonJson.Default.ComparisonStarted, cancel)).Text)),
        Make(
            "review",
            "Show one withheld endpoint, RUN.1 the first of a run: the first call asks, a second person in another "
                + "role gives by the number told. Example: weir compare review 20261122T200000Z.1",
            "ID",
            async (client, id, format, to, cancel) =>
                Listing.Write([await ReviewAsync(client, id, cancel)], Reviews, format, to)),
        PromoteCommands.Promote(), PromoteCommands.Demote(), PromoteCommands.List(),
    };

    private static async Task ShowAsync(
        ApiClient client, string id, ListingFormat format, TextWriter to, CancellationToken cancel)
    {
        var report = await client.GetTextAsync($"comparisons/{id}", cancel);
        if (format == ListingFormat.Json)
        {
            await to.WriteLineAsync(report);
            return;
        }

        Listing.Write(ReportJson.Read(report).Candidates, Candidates, format, to);
    }

    /// <summary>The number of a request gives it; any other asks.</summary>
    private static Task<ReviewResponse> ReviewAsync(ApiClient client, string id, CancellationToken cancel) =>
        CaseHandler.TryParseApproval(id, out _)
            ? client.PostAsync($"reviews/{id}/approval", ComparisonJson.Default.ReviewResponse, cancel)
            : client.PostAsync(
                $"candidates/{id}/review", new ReviewRequest(), ComparisonJson.Default.ReviewRequest,
                ComparisonJson.Default.ReviewResponse, cancel);

    private static Command Make(
        string name, string meaning, string? argument,
        Func<ApiClient, string, ListingFormat, TextWriter, CancellationToken, Task> act)
    {
        var command = new Command(name, meaning);
        var id = argument is null ? null : new Argument<string>(argument);
        if (id is not null)
        {
            command.Add(id);
        }

        var api = ApiOption.On(command);
        var output = OutputOption.Create();
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            await act(
                client, id is null ? "" : ApiClient.Part(parsed.GetValue(id)!),
                OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output, cancel);
            return ExitCode.Done;
        });
        return command;
    }
}
