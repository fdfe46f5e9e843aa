// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Cli.Reporting;
using Weir.Contracts.Mitigation;
using Weir.Desk.Api.Blocks;
using Weir.Desk.Mitigation;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Commands.Cases;

/// <summary><c>weir block</c>: blocks on the provider's own routers and resolvers, by two people
/// (rules.md R15).</summary>
internal static class BlockCommand
{
    internal static readonly ListingColumn<BlockSummary>[] Rows =
    [
        new("block", b => b.Id), new("state", b => b.State), new("inForce", InForce), new("target", b => b.Target),
        new("network", b => b.Network), new("case", b => b.Case),
        new("collateral", b => b.Collateral), new("plannedBy", b => b.PlannedBy), new("approvedBy", b => b.ApprovedBy),
        new("until", b => b.Until), new("reason", ReasonOf, ColumnUse.Told),
    ];

    private static readonly ListingColumn<BlockResponse>[] Views =
        [
            new("block", v => v.Block.Id), new("state", v => v.Block.State), new("target", v => v.Block.Target),
            new("collateral", v => v.Block.Collateral), new("until", v => v.Block.Until),
            new("next", v => v.Next, ColumnUse.Told),
        ];

    private static readonly ListingColumn<StandingPart>[] Parts =
    [
        new("part", p => p.Part),
        new("sound", p => p.IsSound ? "yes" : "no"),
        new("state", p => p.State),
        new("at", p => p.At)
    ];

    public static Command Create() => new(
        "block", "Blocks of listed C&Cs on the provider's own routers and resolvers. Example: weir block list")
    {
        Plan(), PlanLine(), Approve(), List(), Withdraw(), StopAll(), Verify(),
    };

    /// <summary>Nobody is asked about one that is over, and of a plan there is nothing to hold.</summary>
    internal static string InForce(BlockSummary block) => block.State is "planned" or "withdrawn" or "expired" ? ""
        : $"{(block.InForce ? "yes" : "no")}, {new Confirmation(block.HeldBy, block.Asked)}";

    private static Command Plan()
    {
        var target = new Argument<string>("TARGET")
        {
            Description = "What to block, in one argument: \"flowspec ADDRESS PROTOCOL PORTS discard\", \"blackhole "
                + "ADDRESS\", \"name DOMAIN nxdomain|garden\" or \"answer ADDRESS nxdomain|garden\"."
        };
        var (threat, necessity, alternatives) = Justification();
        var forCase = TypedNumber.Case.For(new Option<string?>("--case") { Description = "The case it is for." });
        var command = new Command(
            "plan",
            """
            Plan a block. Who else uses the endpoint is counted, and too many refuse it. A second person approves.

            Example: weir block plan "flowspec 203.0.113.9 tcp 443 discard" --threat "a command server" --necessity "customers are steered from it" --alternatives "mail, not answered"
            """) { target, threat, necessity, alternatives, forCase };
        return Acting(command, (client, parsed, cancel) => client.PostAsync(
            "blocks",
            new BlockRequest(
                parsed.GetValue(target)!, parsed.GetValue(threat)!, parsed.GetValue(necessity)!,
                parsed.GetValue(alternatives)!, parsed.GetValue(forCase)),
            BlockJson.Default.BlockRequest, BlockJson.Default.BlockResponse, cancel));
    }

    private static Command PlanLine()
    {
        var scope = TypedNumber.Scope.For(new Argument<string>("SCOPE")
        {
            Description = "Number of a scope, s- and 16 hexadecimal digits, as weir case show names it."
        });
        var (threat, necessity, alternatives) = Justification();
        var command = new Command(
            "plan-line",
            """
            Plan a block for the line of a scope alone: what the scope's class names, and nothing beside it. Nobody sees the line's address. A second person approves.

            Example: weir block plan-line s-0011223344556677 --threat "floods udp/7703" --necessity "the uplink is full" --alternatives "mail, not answered"
            """) { scope, threat, necessity, alternatives };
        return Showing(command, async (client, parsed, cancel) => (await client.PostAsync(
            "line-blocks",
            new LineBlockRequest(
                parsed.GetValue(scope)!, parsed.GetValue(threat)!, parsed.GetValue(necessity)!,
                parsed.GetValue(alternatives)!),
            BlockJson.Default.LineBlockRequest, BlockJson.Default.LineBlockResponse, cancel)).Blocks);
    }

    private static Command Approve()
    {
        var id = Id();
        var length = new Option<string?>("--for") { Description = "How long, such as 3d; default: blocking.lease." };
        var command = new Command("approve", "Approve another's plan: an analyst and an operator together may. "
            + "Example: weir block approve b-0011223344556677") { id, length };
        return Acting(command, (client, parsed, cancel) => client.PostAsync(
            $"blocks/{ApiClient.Part(parsed.GetValue(id)!)}/approval",
            new BlockApprovalRequest(Length(parsed.GetValue(length))), BlockJson.Default.BlockApprovalRequest,
            BlockJson.Default.BlockResponse, cancel));
    }

    private static Command Withdraw()
    {
        var id = Id();
        var reason = Reason();
        var command = new Command("withdraw", "Take a block or a plan back. Example: weir block withdraw "
            + "b-0011223344556677 --reason \"the server was taken down\"") { id, reason };
        return Acting(command, (client, parsed, cancel) => client.PostAsync(
            $"blocks/{ApiClient.Part(parsed.GetValue(id)!)}/withdrawal",
            new WithdrawalRequest(parsed.GetValue(reason)), BlockJson.Default.WithdrawalRequest,
            BlockJson.Default.BlockResponse, cancel));
    }

    private static Command StopAll()
    {
        var reason = Reason();
        var command = new Command("stop-all", "Emergency stop: take everything back, plans too. Example: weir block "
            + "stop-all --reason \"a customer's mail is blocked\"") { reason };
        var api = ApiOption.On(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            await parsed.InvocationConfiguration.Output.WriteLineAsync((await client.PostAsync(
                "blocks/emergency-stop", new WithdrawalRequest(parsed.GetValue(reason)),
                BlockJson.Default.WithdrawalRequest, BlockJson.Default.StopResponse, cancel)).Text);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command(
            "list",
            "List blocks and plans, newest first; those that are over for 90 days. Example: weir block list -o csv");
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            Listing.Write(
                await client.ListAsync("blocks", BlockJson.Default.ApiPageBlockSummary, cancel), Rows,
                OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Verify()
    {
        var command = new Command("verify", "Show what routers and resolvers answered when last asked, at most a "
            + "minute ago; exit 1 where one is not as planned. Example: weir block verify");
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var parts = (await client.GetAsync("blocks/standing", BlockJson.Default.StandingResponse, cancel)).Parts;
            Listing.Write(
                parts, Parts, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return parts.All(p => p.IsSound) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Command Acting(
        Command command, Func<ApiClient, ParseResult, CancellationToken, Task<BlockResponse>> act) =>
            Showing(command, async (client, parsed, cancel) => [await act(client, parsed, cancel)]);

    private static Command Showing(
        Command command, Func<ApiClient, ParseResult, CancellationToken, Task<IReadOnlyList<BlockResponse>>> act)
    {
        var (api, output) = (ApiOption.On(command), OutputOption.Create());
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            Listing.Write(
                await act(client, parsed, cancel), Views, OutputOption.Read(parsed, output),
                parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static (Option<string> Threat, Option<string> Necessity, Option<string> Alternatives) Justification() => (
        new("--threat") { Description = "What threatens whom.", Required = true },
        new("--necessity") { Description = "Why blocking, and why this.", Required = true },
        new("--alternatives") { Description = "What milder means were weighed.", Required = true });

    private static Argument<string> Id() => TypedNumber.Block.For(
        new Argument<string>("BLOCK") { Description = "Number of a block, b- and 16 hexadecimal digits." });

    private static string ReasonOf(BlockSummary block) => LeaseReason.TryParse(block.Reason, out var code)
        ? LeaseReasonText.Format(new(code, block.ReasonDetail))
        : $"{block.Reason} {block.ReasonDetail}".Trim();

    private static Option<string> Reason() =>
        new("--reason") { Description = "Why; stands in the audit.", Required = true };

    private static TimeSpan? Length(string? text) =>
        text is null ? null
        : Durations.TryParse(text, out var length) ? length
        : throw new OperatorException($"--for '{text}' is no duration; write one such as 3d or 12h");
}
