// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Cli.Reporting;
using Weir.Contracts.Notices;
using Weir.Desk.Api.Notices;
using Weir.Vault.Notifying;

namespace Weir.Cli.Commands.Notices;

/// <summary>Notices to customers: <c>weir notify list|show|send|preview</c>. Nothing of it says who
/// the customer is.</summary>
internal static class NotifyNoticeCommand
{
    private static readonly ListingColumn<NoticeSummary>[] Rows =
    [
        new("case", n => n.Case), new("step", n => n.Step), new("state", n => n.State), new("by", n => n.By),
        new("planned", n => n.Planned),
        new("channel", n => n.Channel), new("language", n => n.Language), new("at", n => n.At), new("why", n => n.Why),
    ];

    private static readonly ListingColumn<NoticeSummary>[] Whole =
    [
        .. Rows, new("toldWith", n => n.ToldWith), new("reply", n => n.Reply), new("attempts", n => n.Attempts),
        new("next", n => n.Next), new("digest", n => n.Digest),
    ];

    private static string Steps => string.Join(", ", Enum.GetValues<NoticeStep>().Select(NoticeNames.ToName));

    public static Command List()
    {
        var command = new Command("list", "List notices to customers, newest first: how each stands, never whom it "
            + "went to. Example: weir notify list -o csv");
        return Asking(command, Rows, (client, _, cancel) =>
            client.ListAsync("notices", NoticeJson.Default.ApiPageNoticeSummary, cancel));
    }

    public static Command CreateShow()
    {
        var id = Case();
        var command = new Command(
            "show",
            "Show the notices of a case with their proof of delivery. Example: weir notify show c-0011223344556677")
        {
            id
        };
        return Asking(command, Whole, (client, parsed, cancel) =>
            client.ListAsync(
                $"cases/{ApiClient.Part(parsed.GetValue(id)!)}/notices", NoticeJson.Default.ApiPageNoticeSummary,
                cancel));
    }

    public static Command Send()
    {
        var id = Case();
        var step = StepOption("What the customer is told of: found, reminder or relapsed; another step only where "
            + "it did not reach the customer.");
        var scope = TypedNumber.Scope.For(new Option<string?>("--scope")
        {
            Description = "The scope whose facts are told; default: the case's first."
        });
        var command = new Command(
            "send",
            """
            Have the customer of a case told of a step; the vault sends it within seconds, once for each case and step. What did not reach the customer is tried again.

            Example: weir notify send c-0011223344556677 --step reminder
            """) { id, step, scope };
        return Asking(command, Whole, async (client, parsed, cancel) => (await client.PostAsync(
            "notices",
            new NoticeSendRequest(parsed.GetValue(id)!, parsed.GetValue(step)!, parsed.GetValue(scope)),
            NoticeJson.Default.NoticeSendRequest, NoticeJson.Default.ApiPageNoticeSummary, cancel)).Items);
    }

    public static Command Preview()
    {
        var step = StepOption($"Which step: {Steps}.");
        var language =
            new Option<string>("--language") { Description = "Which language.", DefaultValueFactory = _ => "en" };
        var html = new Option<bool>("--html") { Description = "The HTML in place of the plain text." };
        var config = new Option<string?>("--config", "-c")
        {
            Description = "The vault's configuration, for its templates and the provider's name.",
            HelpName = "FILE"
        };
        var command = new Command("preview", "Print a notice with invented facts; asks and sends nothing. Example: "
            + "weir notify preview --step endpoint-blocked --language de") { step, language, html, config };
        command.SetAction(parsed =>
        {
            var settings = Notices(parsed.GetValue(config));
            var shown = NoticePreview.Write(settings, parsed.GetValue(step)!, parsed.GetValue(language)!);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(parsed.GetValue(html) ? shown.Html : $"Subject: {shown.Subject}\n\n{shown.Plain}");
            return ExitCode.Done;
        });
        return command;
    }

    private static NoticeDeliveryOptions Notices(string? config)
    {
        if (config is null)
        {
            return new NoticeDeliveryOptions();
        }

        var reading = GovernedConfiguration.ReadFile(config);
        return reading.IsSound
            ? reading.Value.Vault.Notices
            : throw new OperatorException(reading.Faults[0].At(config));
    }

    private static Command Asking(
        Command command, ListingColumn<NoticeSummary>[] columns,
        Func<ApiClient, ParseResult, CancellationToken, Task<IReadOnlyList<NoticeSummary>>> ask)
    {
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            Listing.Write(
                await ask(client, parsed, cancel), columns, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Case() => TypedNumber.Case.For(
        new Argument<string>("CASE") { Description = "Number of a case, c- and 16 hexadecimal digits." });

    /// <summary>Steps by their names.</summary>
    private static Option<string> StepOption(string description)
    {
        var step = new Option<string>("--step")
        {
            Description = description, DefaultValueFactory = _ => NoticeNames.ToName(NoticeStep.Found),
        };
        step.AcceptOnlyFromAmong([.. Enum.GetValues<NoticeStep>().Select(NoticeNames.ToName)]);
        return step;
    }
}
