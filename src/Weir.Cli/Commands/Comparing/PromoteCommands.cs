// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Promotions;

namespace Weir.Cli.Commands.Comparing;

/// <summary><c>weir compare promote</c>, <c>demote</c> and <c>promoted</c>: a candidate becomes confirmed by two people
/// (rules.md, worked example 8).</summary>
internal static class PromoteCommands
{
    private static readonly ListingColumn<PromotionResponse>[] Views =
        [
            new("id", v => v.Id), new("endpoint", v => v.Endpoint), new("run", v => v.Run), new("state", v => v.State),
            new("until", v => v.Until), new("next", v => v.Next)
        ];

    private static readonly ListingColumn<PromotionSummary>[] Rows =
    [
        new("endpoint", p => p.Endpoint), new("network", p => p.Network), new("run", p => p.Run), new("p", p => p.P),
        new("q", p => p.Q),
        new("ic", p => p.Ic), new("ic025", p => p.Ic025), new("id", p => p.Id), new("askedBy", p => p.AskedBy),
        new("givenBy", p => p.GivenBy), new("at", p => p.At), new("until", p => p.Until), new("reason", p => p.Reason),
    ];

    public static Command Promote()
    {
        var what = new Argument<string?>("WHAT")
        {
            Description = "A candidate of a kept run, such as 192.0.2.80:8443/tcp, or a withheld one "
                + "that two people reviewed, RUN.1.",
            Arity = ArgumentArity.ZeroOrOne
        };
        var reason = new Option<string?>("--reason")
        {
            Description = "Why it is believed to be a C&C; stands in the audit and on the list."
        };
        var approve = new Option<string?>("--approve")
        {
            Description = "Number of another's request: gives the second leave.",
            HelpName = "ID"
        };
        _ = TypedNumber.Request.For(approve);
        var command = new Command(
            "promote",
            """
            Put a candidate on our own list: the first person asks, a second in the other role (analyst, operator) gives. Contacts are events from then on; those of past days become case files.

            Example: weir compare promote 192.0.2.80:8443/tcp --reason "beacons of three families"
            """) { what, reason, approve };
        return Acting(command, (client, parsed, cancel) =>
            (parsed.GetValue(what), parsed.GetValue(reason), parsed.GetValue(approve)) switch
            {
                (null, null, { } id) =>
                    client.PostAsync(
                        $"promotions/{ApiClient.Part(id)}/approval", PromotionJson.Default.PromotionResponse, cancel),
                ({ } endpoint, { } why, null) =>
                    client.PostAsync(
                        "promotions", new PromotionRequest(endpoint, why), PromotionJson.Default.PromotionRequest,
                        PromotionJson.Default.PromotionResponse, cancel),
                _ => throw new OperatorException("write `weir compare promote ENDPOINT --reason TEXT` to ask, or `weir "
                    + "compare promote --approve ID` to give"),
            });
    }

    public static Command Demote()
    {
        var what = new Argument<string>("ENDPOINT") { Description = "As weir compare promoted names it." };
        var reason = new Option<string>("--reason") { Description = "Why; stands in the audit.", Required = true };
        var command = new Command("demote", "Take an endpoint off our own list; one person is enough. Example: weir "
            + "compare demote 192.0.2.80:8443/tcp --reason \"a vendor's update server\"") { what, reason };
        return Acting(command, (client, parsed, cancel) => client.PostAsync(
            "demotions", new DemotionRequest(parsed.GetValue(what)!, parsed.GetValue(reason)!),
            PromotionJson.Default.DemotionRequest, PromotionJson.Default.PromotionResponse, cancel));
    }

    public static Command List()
    {
        var command = new Command("promoted", "List what was promoted: by whom, on which run and figures, until when. "
            + "Example: weir compare promoted -o csv");
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            Listing.Write(
                await client.ListAsync("promotions", PromotionJson.Default.ApiPagePromotionSummary, cancel), Rows,
                OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Acting(
        Command command, Func<ApiClient, ParseResult, CancellationToken, Task<PromotionResponse>> act)
    {
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            Listing.Write(
                [await act(client, parsed, cancel)], Views, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
