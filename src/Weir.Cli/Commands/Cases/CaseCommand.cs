// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Contracts.Events;
using Weir.Desk.Api.Cases;
using Weir.Desk.Cases;

namespace Weir.Cli.Commands.Cases;

/// <summary><c>weir case</c>: the desk's work on case files, through the running Weir. Who acts is who calls.</summary>
internal static class CaseCommand
{
    private static readonly ListingColumn<CaseSummary>[] Cases =
    [
        new("case", c => c.Id), new("state", c => c.State), new("subject", c => c.Subject),
        new("rule", c => c.Rules), new("endpoint", c => c.Endpoints), new("list", c => c.Lists),
        new("family", c => c.Families), new("level", c => c.Level),
        new("purposes", c => c.Purposes), new("openScopes", c => c.OpenScopes), new("scopes", c => c.Scopes),
        new("assignee", c => c.Assignee), new("opened", c => c.Opened), new("snoozedUntil", c => c.Snoozed),
        new("closed", c => c.Closed), new("verdict", c => c.Verdict),
    ];

    private static readonly ListingColumn<ScopeSummary>[] Scopes =
    [
        new("scope", s => s.Id), new("state", s => s.State), new("purpose", s => s.Purpose), new("class", s => s.Class),
        new("from", s => s.From), new("until", s => s.Until), new("expires", s => s.Expires),
        new("wholeSince", s => s.WholeSince), new("trigger", s => s.Trigger), new("actions", s => s.Actions),
        new("renews", s => s.Renews), new("facts", s => TriggerText.Format(
            s.Facts, s.FromDigests ? EventOrigin.Digests : EventOrigin.Flows)),
    ];

    private static readonly ListingColumn<EvidenceFlow>[] Rows =
    [
        new("scope", r => r.Scope), new("start", r => r.Start), new("end", r => r.End), new("remote", r => r.Remote),
        new("port", r => r.Port), new("protocol", r => r.Protocol), new("packetsOut", r => r.PacketsOut),
        new("packetsIn", r => r.PacketsIn),
        new("octetsOut", r => r.OctetsOut), new("octetsIn", r => r.OctetsIn), new("sampling", r => r.Sampling),
        new("flagsOut", r => r.FlagsOut), new("flagsIn", r => r.FlagsIn),
    ];

    private static readonly ListingColumn<CommentLine>[] Comments = [
        new("at", c => c.At), new("by", c => c.By), new("text", c => c.Text)];

    /// <summary>Carries a step out on the case at a path, with the option's value.</summary>
    private delegate Task<CaseResponse> CaseAct(
        ApiClient client, string path, string? value, ParseResult parsed, CancellationToken cancel);

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
            (client, path, to, _, cancel) => client.PutAsync(
                $"{path}/assignee", new AssignRequest(to), CaseJson.Default.AssignRequest,
                CaseJson.Default.CaseResponse, cancel)),
        Step(
            "comment", "Write a line into a case; no customer's name belongs there.",
            "weir case comment c-0011223344556677 --text \"called back\"",
            new Option<string?>("--text") { Description = "The line.", Required = true },
            (client, path, text, _, cancel) => client.PostAsync(
                $"{path}/comments", new CommentRequest(text!), CaseJson.Default.CommentRequest,
                CaseJson.Default.CaseResponse, cancel)),
        Step(
            "snooze", "Put a case aside until a time, or until fresh evidence comes.",
            "weir case snooze c-0011223344556677 --until 2026-11-30T08:00:00Z",
            new Option<string?>("--until") { Description = "UTC time.", Required = true },
            (client, path, until, _, cancel) => client.PutAsync(
                $"{path}/snooze", new SnoozeRequest(Time(until, "--until")!.Value), CaseJson.Default.SnoozeRequest,
                CaseJson.Default.CaseResponse, cancel)),
        Close(), CaseComplaintCommand.Create(), CaseConsentCommand.Create(),
    };

    private static Command List()
    {
        Option<string?>[] filters =
        [
            Filter("--state", "In this state, such as open."), Filter("--rule", "Opened by this rule, such as cnc-contact."),
            Filter("--purpose", "With a scope of this purpose."), Filter("--assignee", "Of this user; - for nobody's."),
            Filter("--endpoint", "About this remote address, or ADDRESS:PORT."),
        ];
        var sort = new Option<string?>("--sort")
        {
            Description = "By a column, such as subject or rule; -COLUMN the other way round. Default: newest first.",
            HelpName = "COLUMN",
        };
        var command = new Command(
            "list", "List case files, newest first. Example: weir case list --state open --rule cnc-contact --sort subject");
        Array.ForEach(filters, command.Add);
        command.Add(sort);
        var (api, output) = (ApiOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var query = string.Join('&', filters.Where(filter => parsed.GetValue(filter) is { Length: > 0 })
                .Select(filter => $"{filter.Name[2..]}={Uri.EscapeDataString(parsed.GetValue(filter)!)}"));
            var rows = await client.ListAsync(
                query.Length > 0 ? $"cases?{query}" : "cases", CaseJson.Default.ApiPageCaseSummary, cancel);
            Listing.Write(
                Sort(rows, parsed.GetValue(sort)), Cases, OutputOption.Read(parsed.GetValue(output)!), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Option<string?> Filter(string name, string description) => new(name) { Description = description };

    /// <exception cref="OperatorException">There is no such column.</exception>
    private static IEnumerable<CaseSummary> Sort(IReadOnlyList<CaseSummary> rows, string? by)
    {
        if (by is not { Length: > 0 })
        {
            return rows;
        }

        var column = Array.Find(Cases, one => one.Name == by.TrimStart('-'))
            ?? throw new OperatorException(
                $"--sort '{by}' is no column; write one of {string.Join(", ", Cases.Select(one => one.Name))}",
                ExitCode.BadArguments);
        var sorted = rows.OrderBy(row => column.Value(row), Comparer<object?>.Default);
        return by[0] == '-' ? sorted.Reverse() : sorted;
    }

    private static Command CreateShow()
    {
        var id = Id();
        var command = new Command("show", "Show a case file: its scopes, each with what was measured against which "
            + "threshold. Example: weir case show c-0011223344556677") { id };
        var (api, output) = (ApiOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            Write(
                await client.GetAsync(
                    $"cases/{ApiClient.Part(parsed.GetValue(id)!)}", CaseJson.Default.CaseResponse, cancel),
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
        var (api, output) = (ApiOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var asked = new EvidenceRequest(
                parsed.GetValue(scope), parsed.GetValue(purpose), parsed.GetValue(predicate),
                Time(parsed.GetValue(from), "--from"), Time(parsed.GetValue(until), "--until"), parsed.GetValue(fields),
                parsed.GetValue(limit), parsed.GetValue(count));
            var view = await client.PostAsync(
                $"cases/{ApiClient.Part(parsed.GetValue(id)!)}/evidence", asked, CaseJson.Default.EvidenceRequest,
                CaseJson.Default.EvidenceResponse, cancel);
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
        var (api, output) = (ApiOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            Write(
                await client.PostAsync(
                    $"scopes/{ApiClient.Part(parsed.GetValue(id)!)}/review", CaseJson.Default.CaseResponse, cancel),
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
            (client, path, verdict, parsed, cancel) => client.PutAsync(
                $"{path}/closure",
                new CloseRequest(
                    verdict is "fixed" or "false-positive"
                        ? verdict
                        : throw new OperatorException(
                            $"--as '{verdict}' is no verdict; it is fixed or false-positive"),
                    parsed.GetValue(reason)),
                CaseJson.Default.CloseRequest, CaseJson.Default.CaseResponse, cancel),
            reason);
    }

    private static Command Step(
        string name, string meaning, string example, Option<string?> option, CaseAct act,
        params Option[] others)
    {
        var id = Id();
        var command = new Command(name, $"{meaning}\n\nExample: {example}") { id, option };
        Array.ForEach(others, command.Add);
        var (api, output) = (ApiOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var path = $"cases/{ApiClient.Part(parsed.GetValue(id)!)}";
            var view = await act(client, path, parsed.GetValue(option), parsed, cancel);
            Listing.Write(
                [view.Case], Cases, OutputOption.Read(parsed.GetValue(output)!), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A table shows all three parts; for programs the scopes are the rows.</summary>
    private static void Write(CaseResponse view, ListingFormat format, TextWriter to)
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

    private static DateTimeOffset? Time(string? text, string option) =>
        text is null ? null
        : DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
        : throw new OperatorException($"{option} '{text}' is no time; write UTC such as 2026-11-30T08:00:00Z");
}
