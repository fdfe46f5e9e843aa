// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Endpoints;

namespace Weir.Cli.Commands;

/// <summary><c>weir endpoint</c>: a far end is allowed, or held until two people let it go on.</summary>
internal static class EndpointCommand
{
    private static readonly ListingColumn<HeldEndpointRow>[] Rows =
    [
        new("endpoint", h => h.Endpoint), new("at", h => h.At), new("by", h => h.By), new("askedBy", h => h.AskedBy),
        new("reason", h => h.Reason),
    ];

    private static readonly ListingColumn<EndpointActResponse>[] Views =
    [
        new("endpoint", v => v.Endpoint), new("state", v => v.State), new("closed", v => v.Closed),
        new("next", v => v.Next),
    ];

    public static Command Create() => new(
        "endpoint",
        "Say that an endpoint is no C&C, or hold it while it is doubted. Example: weir endpoint held")
    {
        Act("allow", "allowances", needsReason: true,
            "Allow an endpoint: it makes no event any more, and cases that rest on it alone close as false positives. "
            + "One person does it where at most k open cases rest on it; otherwise two sign it into matching.allow of "
            + "the governance. Example: weir endpoint allow 192.0.2.80:8443/tcp --reason \"a vendor's update server\""),
        Act("hold", "holds", needsReason: true,
            "Hold an endpoint: it makes no event and rests no block, whatever lists say, until two people let it go "
            + "on. Cases stay. Example: weir endpoint hold 192.0.2.80:8443/tcp --reason \"half the city calls it\""),
        Act("release", "holds/releases", needsReason: false,
            "Let a held endpoint go on: the first person asks, with --reason, both sign with weir approve, the second "
            + "in another role (analyst, operator, privacy officer) gives by the same command. In a lab nothing is "
            + "signed. Example: weir endpoint release 192.0.2.80:8443/tcp --reason \"it is no update server\""),
        Held(),
    };

    private static Command Held()
    {
        var command = new Command(
            "held", "List endpoints that are held, and who asked for their release. Example: weir endpoint held");
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var held = await client.GetAsync("holds", EndpointActJson.Default.HeldEndpointsResponse, cancel);
            Listing.Write(
                held.Endpoints, Rows, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Act(string name, string path, bool needsReason, string description)
    {
        var endpoint = new Argument<string>("ENDPOINT") { Description = "Such as 192.0.2.80:8443/tcp." };
        var reason = new Option<string?>("--reason")
        {
            Description = "Why, in three words at least; stands in the audit.", Required = needsReason,
        };
        var command = new Command(name, description) { endpoint, reason };
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var done = await client.PostAsync(
                path, new EndpointActRequest(parsed.GetValue(endpoint)!, parsed.GetValue(reason)),
                EndpointActJson.Default.EndpointActRequest, EndpointActJson.Default.EndpointActResponse, cancel);
            Listing.Write(
                [done], Views, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }
}
