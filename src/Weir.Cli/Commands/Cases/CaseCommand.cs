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
    private static readonly ListingColumn<ScopeSummary>[] Scopes =
    [
        new("scope", s => s.Id), new("state", s => s.State), new("purpose", s => s.Purpose), new("class", s => s.Class),
        new("from", s => s.From), new("until", s => s.Until), new("expires", s => s.Expires),
        new("wholeSince", s => s.WholeSince), new("trigger", s => s.Trigger), new("actions", s => s.Actions),
        new("renews", s => s.Renews), new("seal", s => s.Seal), new("facts", s => TriggerText.Format(
            s.Facts, s.FromDigests ? EventOrigin.Digests : EventOrigin.Flows)),
    ];

    private static readonly ListingColumn<EvidenceFlow>[] Rows =
    [
        new("scope", r => r.Scope, ColumnUse.Spare), new("start", r => r.Start),
        new("end", r => r.End, ColumnUse.Spare), new("remote", r => r.Remote),
        new("network", r => r.Network, ColumnUse.Spare), new("port", r => r.Port),
        new("protocol", r => r.Protocol, Head: "proto"), new("packetsOut", r => r.PacketsOut, Head: "pkts>"),
        new("packetsIn", r => r.PacketsIn, Head: "<pkts"), new("octetsOut", r => r.OctetsOut, Head: "octets>"),
        new("octetsIn", r => r.OctetsIn, Head: "<octets"), new("sampling", r => r.Sampling, ColumnUse.Spare),
        new("flagsOut", r => r.FlagsOut, ColumnUse.Spare), new("flagsIn", r => r.FlagsIn, ColumnUse.Spare),
    ];

    private static readonly ListingColumn<CommentLine>[] Comments = [
        new("at", c => c.At), new("by", c => c.By), new("text", c => c.Text)];

    private const string CasePart = "case";
    private const string ScopesPart = "scopes";

    private static readonly string[] Parts = [CasePart, ScopesPart, "comments"];

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
        CaseListCommand.Create(), CreateShow(), Evidence(), Review(),
        CaseStepCommands.Assign(), CaseStepCommands.Comment(), CaseStepCommands.Snooze(), CaseStepCommands.Close(),
        CaseComplaintCommand.Create(), CaseConsentCommand.Create(),
    };

    private static Command CreateShow()
    {
        var id = Id();
        var part = new Option<string?>("--part")
        {
            Description = "One of its parts: case, scopes or comments. A table shows all three; for programs the rows "
                + "are the scopes unless another part is named.",
            HelpName = "PART",
        };
        part.AcceptOnlyFromAmong(Parts);
        var command = new Command("show", "Show a case file: its scopes, each with what was measured against which "
            + "threshold, and what was written into it. Example: weir case show c-0011223344556677") { id, part };
        var (api, output) = (ApiOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            Write(
                await client.GetAsync(
                    $"cases/{ApiClient.Part(parsed.GetValue(id)!)}", CaseJson.Default.CaseResponse, cancel),
                parsed.GetValue(part), OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Evidence()
    {
        var id = Id();
        var scope = TypedNumber.Scope.For(
            new Option<string?>("--scope") { Description = "Scope; the only one where there is one." });
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
        var limit = Limit();
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

            Listing.Write(view.Rows, Rows, OutputOption.Read(parsed, output), to);
            if (view.Total > view.Rows.Count)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{view.Rows.Count} of {view.Total} rows; --limit shows more"));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Option<int> Limit()
    {
        var limit = new Option<int>("--limit") { Description = "Most rows.", DefaultValueFactory = _ => 1_000 };
        limit.Validators.Add(given =>
        {
            if (!given.Errors.Any() && given.GetValueOrDefault<int>() < 1)
            {
                given.AddError("--limit is a number of rows; write 1 or more");
            }
        });
        return limit;
    }

    private static Command Review()
    {
        var id = TypedNumber.Scope.For(new Argument<string>("SCOPE") { Description = "A sealed scope." });
        var command = new Command("review", "Let a scope in force that waits behind the subject's five others (privacy "
            + "officer). Example: weir case review s-8899aabbccddeeff") { id };
        var (api, output) = (ApiOption.On(command), Output(command));
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            Write(
                await client.PostAsync(
                    $"scopes/{ApiClient.Part(parsed.GetValue(id)!)}/review", CaseJson.Default.CaseResponse, cancel),
                part: null, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A table shows all three parts; for programs one part is the rows.</summary>
    private static void Write(CaseResponse view, string? part, ListingFormat format, TextWriter to)
    {
        var shown = part is not null ? [part]
            : !format.IsTable() ? [ScopesPart]
            : view.Comments.Count > 0 ? Parts : Parts[..2];
        foreach (var (one, at) in shown.Select((one, at) => (one, at)))
        {
            to.Write(at == 0 ? "" : "\n");
            switch (one)
            {
                case CasePart:
                    Listing.Write([view.Case], CaseListCommand.Columns(wide: true), format, to);
                    break;
                case ScopesPart:
                    Listing.Write(view.Scopes, Scopes, format, to);
                    break;
                default:
                    Listing.Write(view.Comments, Comments, format, to);
                    break;
            }
        }
    }

    /// <summary>The number of a case; anything else is refused before anybody is asked.</summary>
    internal static Argument<string> Id()
    {
        return TypedNumber.Case.For(
            new Argument<string>("CASE") { Description = "Number of a case, c- and 16 hexadecimal digits." });
    }

    private static Option<string> Output(Command command)
    {
        var output = OutputOption.Create();
        command.Add(output);
        return output;
    }

    internal static DateTimeOffset? Time(string? text, string option) =>
        text is null ? null
        : DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
        : throw new OperatorException($"{option} '{text}' is no time; write UTC such as 2026-11-30T08:00:00Z");
}
