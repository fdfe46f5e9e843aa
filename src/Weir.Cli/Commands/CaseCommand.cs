// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Control;
using Weir.Cli.Reporting;

namespace Weir.Cli.Commands;

/// <summary><c>weir case</c>: the desk's work on case files, through the running Weir. Who acts is who calls.</summary>
internal static class CaseCommand
{
    private static readonly ListingColumn<CaseRow>[] Cases =
    [
        new("case", c => c.Id), new("state", c => c.State), new("subject", c => c.Subject),
        new("purposes", c => c.Purposes), new("openScopes", c => c.OpenScopes), new("scopes", c => c.Scopes),
        new("assignee", c => c.Assignee), new("opened", c => c.Opened), new("snoozedUntil", c => c.Snoozed),
        new("closed", c => c.Closed), new("verdict", c => c.Verdict),
    ];

    private static readonly ListingColumn<ScopeRow>[] Scopes =
    [
        new("scope", s => s.Id), new("state", s => s.State), new("purpose", s => s.Purpose), new("class", s => s.Class),
        new("from", s => s.From), new("until", s => s.Until), new("expires", s => s.Expires),
        new("wholeSince", s => s.WholeSince), new("trigger", s => s.Trigger), new("actions", s => s.Actions),
        new("renews", s => s.Renews), new("grounds", s => s.Grounds),
    ];

    private static readonly ListingColumn<EvidenceLine>[] Rows =
    [
        new("scope", r => r.Scope), new("start", r => r.Start), new("end", r => r.End), new("remote", r => r.Remote),
        new("port", r => r.Port), new("protocol", r => r.Protocol), new("packetsOut", r => r.PacketsOut),
        new("packetsIn", r => r.PacketsIn),
        new("octetsOut", r => r.OctetsOut), new("octetsIn", r => r.OctetsIn), new("sampling", r => r.Sampling),
        new("flagsOut", r => r.FlagsOut), new("flagsIn", r => r.FlagsIn),
    ];

    private static readonly ListingColumn<CommentRow>[] Comments = [
        new("at", c => c.At), new("by", c => c.By), new("text", c => c.Text)];

    public static Command Create()
    {
        var command = Files();
        foreach (var ladder in CaseEscalationCommands.Create())
        {
            command.Add(ladder);
        }

        return command;
    }

    private static Command Files() => new(
        "case", "Case files: what events opened, and what is done about it. Example: weir case list")
    {
        List(), CreateShow(), Evidence(), Review(),
        Step(
            "assign", "Give a case to somebody, to yourself without --to, or back to all with --to \"\".",
            "weir case assign c-0011223344556677 --to ana", new Option<string?>("--to") { Description = "User." },
            (to, _) => new StepAsked(to, null, null, null, null)),
        Step(
            "comment", "Write a line into a case; no customer's name belongs there.",
            "weir case comment c-0011223344556677 --text \"called back\"",
            new Option<string?>("--text") { Description = "The line.", Required = true },
            (text, _) => new StepAsked(null, text, null, null, null)),
        Step(
            "snooze", "Put a case aside until a time, or until fresh evidence comes.",
            "weir case snooze c-0011223344556677 --until 2026-11-30T08:00:00Z",
            new Option<string?>("--until") { Description = "UTC time.", Required = true },
            (until, _) => new StepAsked(null, null, Time(until, "--until"), null, null)),
        Close(), CaseComplaintCommand.Create(), CaseConsentCommand.Create(),
    };

    private static Command List()
    {
        var command = new Command("list", "List case files, newest first. Example: weir case list -o csv");
        var (control, output) = (ControlOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = control.Open(parsed);
            Listing.Write(
                await client.GetAsync<List<CaseRow>>("/v1/cases", cancel), Cases,
                OutputOption.Read(parsed.GetValue(output)!), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command CreateShow()
    {
        var id = Id();
        var command = new Command("show", "Show a case file: its scopes, each with what was measured against which "
            + "threshold. Example: weir case show c-0011223344556677") { id };
        var (control, output) = (ControlOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = control.Open(parsed);
            Write(
                await client.GetAsync<CaseView>($"/v1/cases/{Part(parsed.GetValue(id)!)}", cancel),
                OutputOption.Read(parsed.GetValue(output)!), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Evidence()
    {
        var id = Id();
        var scope = new Option<string?>("--scope") { Description = "Scope; the only one where there is one." };
        var predicate = new Option<string?>("--predicate")
        {
            Description = "DIRECTION/PROTOCOL/PORTS/ADDRESSES, such as out/tcp/25; default: all of the scope."
        };
        var purpose = new Option<string?>("--purpose") { Description = "Why; default: what the scope is for." };
        var from = new Option<string?>("--from") { Description = "UTC time." };
        var until = new Option<string?>("--until") { Description = "UTC time." };
        var fields = new Option<string?>("--fields")
        {
            Description = "time, protocol, remote-address, remote-port, packets, octets, flags, direction."
        };
        var limit = new Option<int>("--limit") { Description = "Most rows.", DefaultValueFactory = _ => 1_000 };
        var count = new Option<bool>("--count") { Description = "Count only: all that a remediation check tells." };
        var command = new Command(
            "evidence",
            """
            Read flows of a scope, and none outside it. Each look is decided and recorded before its rows are shown.

            Example: weir case evidence c-0011223344556677 --scope s-8899aabbccddeeff
            """) { id, scope, predicate, purpose, from, until, fields, limit, count };
        var (control, output) = (ControlOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = control.Open(parsed);
            var asked = new EvidenceAsked(
                parsed.GetValue(scope), parsed.GetValue(purpose), parsed.GetValue(predicate),
                Time(parsed.GetValue(from), "--from"), Time(parsed.GetValue(until), "--until"), parsed.GetValue(fields),
                parsed.GetValue(limit), parsed.GetValue(count));
            var view = await client.PostAsync<EvidenceView>(
                $"/v1/cases/{Part(parsed.GetValue(id)!)}/evidence", asked, cancel);
            var to = parsed.InvocationConfiguration.Output;
            if (asked.Count)
            {
                await to.WriteLineAsync(view.Total.ToString(CultureInfo.InvariantCulture));
                return ExitCode.Done;
            }

            Listing.Write(view.Rows, Rows, OutputOption.Read(parsed.GetValue(output)!), to);
            if (view.Total > view.Rows.Count)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{view.Rows.Count} of {view.Total} rows; --limit shows more"));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Review()
    {
        var id = new Argument<string>("SCOPE") { Description = "A sealed scope." };
        var command = new Command("review", "Let a scope in force that waits behind the subject's five others (privacy "
            + "officer). Example: weir case review s-8899aabbccddeeff") { id };
        var (control, output) = (ControlOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = control.Open(parsed);
            Write(
                await client.PostAsync<CaseView>($"/v1/scopes/{Part(parsed.GetValue(id)!)}/review", new { }, cancel),
                OutputOption.Read(parsed.GetValue(output)!), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Close()
    {
        var reason = new Option<string?>("--reason") { Description = "Why." };
        return Step(
            "close",
            "Close a case: fixed, or a false positive, which allows what was listed for this case "
                + "and all that were found before.",
            "weir case close c-0011223344556677 --as false-positive",
            new Option<string?>("--as") { Description = "fixed or false-positive.", Required = true },
            (verdict, parsed) => new StepAsked(
                null, null, null, verdict is "fixed" or "false-positive"
                    ? verdict
                    : throw new OperatorException($"--as '{verdict}' is no verdict; it is fixed or false-positive"),
                parsed.GetValue(reason)),
            reason);
    }

    private static Command Step(
        string name, string meaning, string example, Option<string?> option, Func<string?, ParseResult, StepAsked> ask,
        params Option[] others)
    {
        var id = Id();
        var command = new Command(name, $"{meaning}\n\nExample: {example}") { id, option };
        Array.ForEach(others, command.Add);
        var (control, output) = (ControlOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = control.Open(parsed);
            var body = ask(parsed.GetValue(option), parsed);
            var view = await client.PostAsync<CaseView>($"/v1/cases/{Part(parsed.GetValue(id)!)}/{name}", body, cancel);
            Listing.Write(
                [view.Case], Cases, OutputOption.Read(parsed.GetValue(output)!), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A table shows all three parts; for programs the scopes are the rows.</summary>
    private static void Write(CaseView view, ListingFormat format, TextWriter to)
    {
        if (format != ListingFormat.Table)
        {
            Listing.Write(view.Scopes, Scopes, format, to);
            return;
        }

        Listing.Write([view.Case], Cases, format, to);
        to.WriteLine();
        Listing.Write(view.Scopes, Scopes, format, to);
        if (view.Comments.Count > 0)
        {
            to.WriteLine();
            Listing.Write(view.Comments, Comments, format, to);
        }
    }

    private static Argument<string> Id() =>
        new("CASE") { Description = "Number of a case, c- and 16 hexadecimal digits." };

    private static Option<string> Output(Command command)
    {
        var output = OutputOption.Create();
        command.Add(output);
        return output;
    }

    /// <summary>One part of a path, whatever was typed.</summary>
    internal static string Part(string text) => Uri.EscapeDataString(text.Length == 0 ? "-" : text);

    private static DateTimeOffset? Time(string? text, string option) =>
        text is null ? null
        : DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
        : throw new OperatorException($"{option} '{text}' is no time; write UTC such as 2026-11-30T08:00:00Z");
}
