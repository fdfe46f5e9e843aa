// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Cases;

namespace Weir.Cli.Commands.Cases;

/// <summary>Steps on a case: assign, comment, snooze, close. With <c>--all</c> on every case that fits the filters, one
/// by one through the same rules: shown first, done with <c>--yes</c>.</summary>
internal static class CaseStepCommands
{
    /// <summary>Carries a step out on the case at a path, with the option's value.</summary>
    private delegate Task<CaseResponse> CaseAct(
        ApiClient client, string path, string? value, ParseResult parsed, CancellationToken cancel);

    /// <summary>A step's words and options.</summary>
    private sealed record Step(
        string Name, string Meaning, string Example, Option<string?> Option, CaseAct Act, params Option[] Others);

    public static Command Assign() => Create(new(
        "assign", "Give a case to somebody, to yourself without --to, or back to all with --to \"\".",
        "weir case assign c-0011223344556677 --to ana", new Option<string?>("--to") { Description = "User." },
        (client, path, to, _, cancel) => client.PutAsync(
            $"{path}/assignee", new AssignRequest(to), CaseJson.Default.AssignRequest,
            CaseJson.Default.CaseResponse, cancel)));

    public static Command Comment() => Create(new(
        "comment", "Write a line into a case; no customer's name belongs there.",
        "weir case comment c-0011223344556677 --text \"called back\"",
        new Option<string?>("--text") { Description = "The line.", Required = true },
        (client, path, text, _, cancel) => client.PostAsync(
            $"{path}/comments", new CommentRequest(text!), CaseJson.Default.CommentRequest,
            CaseJson.Default.CaseResponse, cancel)));

    public static Command Snooze() => Create(new(
        "snooze", "Put a case aside until a time, or until fresh evidence comes.",
        "weir case snooze c-0011223344556677 --until 2026-11-30T08:00:00Z",
        new Option<string?>("--until") { Description = "UTC time.", Required = true },
        (client, path, until, _, cancel) => client.PutAsync(
            $"{path}/snooze", new SnoozeRequest(CaseCommand.Time(until, "--until")!.Value),
            CaseJson.Default.SnoozeRequest, CaseJson.Default.CaseResponse, cancel)));

    public static Command Close()
    {
        var reason = new Option<string?>("--reason") { Description = "Why." };
        return Create(new(
            "close",
            "Close a case: fixed, or a false positive, which allows what was listed for this case "
                + "and all that were found before.",
            "weir case close --all --rule scan --as fixed --reason \"worm of May, cleaned\"",
            new Option<string?>("--as") { Description = "fixed or false-positive.", Required = true },
            (client, path, verdict, parsed, cancel) => client.PutAsync(
                $"{path}/closure",
                new CloseRequest(
                    verdict is "fixed" or "false-positive"
                        ? verdict
                        : throw new OperatorException(
                            $"--as '{verdict}' is no verdict; it is fixed or false-positive"),
                    parsed.GetValue(reason)),
                CaseJson.Default.CloseRequest, CaseJson.Default.CaseResponse, cancel),
            reason));
    }

    private static Command Create(Step step)
    {
        var id = new Argument<string?>("CASE")
        {
            Description = "Number of a case, c- and 16 hexadecimal digits; none with --all.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        _ = TypedNumber.Case.For(id);
        var all = new Option<bool>("--all")
        {
            Description = "Every case that fits the filters and is not closed, one by one. Shows them; --yes does it.",
        };
        var yes = new Option<bool>("--yes") { Description = "With --all: do it." };
        var command =
            new Command(step.Name, $"{step.Meaning}\n\nExample: {step.Example}") { id, step.Option, all, yes };
        Array.ForEach(step.Others, command.Add);
        var filters = CaseListCommand.FiltersOn(command);
        var api = ApiOption.On(command);
        var output = OutputOption.Create();
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(id) is null != parsed.GetValue(all)
                || (!parsed.GetValue(all) && filters.AreGiven(parsed)))
            {
                throw new OperatorException(
                    $"{step.Name} takes one CASE, or --all with filters such as --rule scan, and not both",
                    ExitCode.BadArguments);
            }

            using var client = api.Open(parsed);
            var format = OutputOption.Read(parsed, output);
            Task<CaseResponse> OneAsync(string number) => step.Act(
                client, $"cases/{ApiClient.Part(number)}", parsed.GetValue(step.Option), parsed, cancel);
            if (parsed.GetValue(id) is { } one)
            {
                Listing.Write(
                    [(await OneAsync(one)).Case], CaseListCommand.Columns(wide: false), format,
                    parsed.InvocationConfiguration.Output);
                return ExitCode.Done;
            }

            var rows = (await filters.FindAsync(client, parsed, cancel))
                .Where(row => filters.HasState(parsed) || row.State is not ("closed" or "erased")).ToList();
            return await ActAsync(rows, parsed.GetValue(yes) ? OneAsync : null, (step.Name, format), parsed);
        });
        return command;
    }

    /// <summary>Shows the cases, or does the step on each: one that is refused is told of and the rest go on.</summary>
    private static async Task<int> ActAsync(
        List<CaseSummary> rows, Func<string, Task<CaseResponse>>? act, (string Step, ListingFormat Format) how,
        ParseResult parsed)
    {
        var (to, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        if (act is null)
        {
            Listing.Write(rows, CaseListCommand.Columns(wide: false), how.Format, to);
            await notes.WriteLineAsync(
                $"weir: {how.Step} --all would be done on {Phrase(rows.Count)}; nothing was done: add --yes to do it");
            return ExitCode.Done;
        }

        var (done, refused) = (new List<CaseSummary>(), 0);
        foreach (var row in rows)
        {
            try
            {
                done.Add((await act(row.Id)).Case);
            }
            catch (OperatorException refusal)
            {
                refused++;
                await notes.WriteLineAsync($"weir: {row.Id}: {refusal.Message}");
            }
        }

        Listing.Write(done, CaseListCommand.Columns(wide: false), how.Format, to);
        await notes.WriteLineAsync($"weir: {how.Step}: {Phrase(done.Count)} done, {refused} refused");
        return refused == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static string Phrase(int count) => count == 1 ? "1 case" : $"{count} cases";
}
