// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Contracts.Notices;
using Weir.Contracts.Protocol;
using Weir.Desk.Api.Escalations;

namespace Weir.Cli.Commands.Cases;

/// <summary><c>weir case ladder, garden, appeal, recheck</c>: where a case stands, and what people and customers ask of
/// it (rules.md R14).</summary>
internal static class CaseEscalationCommands
{
    private static readonly ListingColumn<LadderSummary>[] Rows =
    [
        new("case", l => l.Case), new("rung", l => l.Rung), new("state", l => l.State), new("since", l => l.Since),
        new("garden", l => l.Garden), new("inForce", l => string.Join("; ", l.InForce.Select(ToText))),
        new("notInForce", l => string.Join("; ", l.NotInForce)), new("checkFrom", l => l.CheckFrom),
        new("reviewSince", l => l.ReviewSince),
        new("orderedBy", l => l.OrderedBy), new("why", l => l.Why), new("next", l => l.Next),
    ];

    private static readonly ListingColumn<LadderStep>[] Steps = [
        new("at", s => s.At), new("step", s => s.Step), new("rung", s => s.Rung), new("by", s => s.By),
        new("why", s => s.Why)];

    public static IEnumerable<Command> Create() => [Ladder(), Garden(), Appeal(), Recheck()];

    private static string ToText(ActionFields done) => done.ToAction() switch
    {
        { Kind: ActionKind.ClosedForLine } line => $"{line.What} cannot be reached from the line until {Time(line)}",
        { Kind: ActionKind.ClosedForAll } all => $"{all.What} cannot be reached from the network until {Time(all)}",
        { Kind: ActionKind.NameClosed } name => $"{name.What} does not resolve until {Time(name)}",
        _ => $"{done.Kind} {done.What}".TrimEnd(),
    };

    private static string Time(ActionTaken done) =>
        done.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static Command Ladder()
    {
        var id = CaseCommand.Id();
        var steps = new Option<bool>("--steps") { Description = "The steps that led there; a table shows both." };
        var command = new Command("ladder", "Show where a case stands on the ladder, what is in force for its line, "
            + "and why it goes no higher. Example: weir case ladder c-0011223344556677") { id, steps };
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var view = await client.GetAsync(
                $"cases/{ApiClient.Part(parsed.GetValue(id)!)}/ladder", EscalationJson.Default.LadderResponse, cancel);
            var (format, to) = (OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            if (format.IsTable() || !parsed.GetValue(steps))
            {
                Listing.Write([view.Ladder], Rows, format, to);
            }

            if (format.IsTable())
            {
                await to.WriteLineAsync();
            }

            if (format.IsTable() || parsed.GetValue(steps))
            {
                Listing.Write(view.Steps, Steps, format, to);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Garden()
    {
        var id = CaseCommand.Id();
        var leaky = new Option<bool>("--leaky") { Description = "Most things work; a page explains. One person." };
        var strict = new Option<bool>("--strict")
        {
            Description =
                "Help and emergency services alone. An analyst and an operator: one asks, the other says the same."
        };
        var release = new Option<bool>("--release")
        {
            Description = "Out of the garden, and what is closed for the line is opened. One person."
        };
        var reason = new Option<string?>("--reason")
        {
            Description = "Why; stands in the audit. No customer's name belongs there."
        };
        var command = new Command("garden", "Put the line of a case into a garden, or let it out. Example: weir case "
            + "garden c-0011223344556677 --leaky --reason \"two notices, it goes on\"")
            {
                id, leaky, strict, release, reason
            };
        return Acting(command, id, (client, path, parsed, cancel) => client.PutAsync(
            $"{path}/garden",
            new GardenRequest(
                (parsed.GetValue(leaky), parsed.GetValue(strict), parsed.GetValue(release)) switch
                {
                    (true, false, false) => "leaky",
                    (false, true, false) => "strict",
                    (false, false, true) => "none",
                    _ => throw new OperatorException("say one of --leaky, --strict and --release"),
                },
                parsed.GetValue(reason)),
            EscalationJson.Default.GardenRequest, EscalationJson.Default.LadderSummary, cancel));
    }

    private static Command Appeal()
    {
        var id = CaseCommand.Id();
        var reason = new Option<string?>("--reason") { Description = "In short; no customer's name belongs there." };
        var guarded = new Option<bool>("--protected")
        {
            Description = "The line is one for life or limb: what is in force ends until it is reviewed."
        };
        var uphold =
            new Option<bool>("--uphold") { Description = "The review is done and what was in force is right." };
        var command = new Command("appeal", "Record a customer's appeal, or with --uphold its review; weir case garden "
            + "--release is the other end of one. Example: weir case appeal c-0011223344556677 --reason "
            + "\"an alarm system\" --protected") { id, reason, guarded, uphold };
        return Acting(command, id, (client, path, parsed, cancel) => parsed.GetValue(uphold)
            ? client.PostAsync(
                $"{path}/appeals/review", new AppealReviewRequest(parsed.GetValue(reason)),
                EscalationJson.Default.AppealReviewRequest, EscalationJson.Default.LadderSummary, cancel)
            : client.PostAsync(
                $"{path}/appeals", new AppealRequest(parsed.GetValue(reason), parsed.GetValue(guarded)),
                EscalationJson.Default.AppealRequest, EscalationJson.Default.LadderSummary, cancel));
    }

    private static Command Recheck()
    {
        var id = CaseCommand.Id();
        var command = new Command("recheck", "Have a case checked anew: silent for its time it is closed as fixed, "
            + "seen again it goes on. Example: weir case recheck c-0011223344556677") { id };
        return Acting(command, id, (client, path, _, cancel) => client.PostAsync(
            $"{path}/rechecks", EscalationJson.Default.LadderSummary, cancel));
    }

    private delegate Task<LadderSummary> LadderAct(
        ApiClient client, string path, ParseResult parsed, CancellationToken cancel);

    private static Command Acting(Command command, Argument<string> id, LadderAct act)
    {
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var row = await act(client, $"cases/{ApiClient.Part(parsed.GetValue(id)!)}", parsed, cancel);
            Listing.Write(
                [row], Rows, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
