// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Api;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Approvals;

namespace Weir.Cli.Commands.Cases;

/// <summary><c>weir disclose</c>: who the subject of a case is, by two people (rules.md R9).</summary>
internal static class DiscloseCommand
{
    private static readonly ListingColumn<DisclosureResponse>[] Columns =
        [
            new("id", d => d.Id), new("case", d => d.Case), new("scope", d => d.Scope), new("line", d => d.Line),
            new("until", d => d.Until), new("next", d => d.Next)
        ];

    private static readonly ListingColumn<ApprovalSummary>[] Waiting =
        [
            new("id", a => a.Id), new("act", a => a.Act), new("case", a => a.Case), new("scope", a => a.Scope),
            new("target", a => a.Target),
            new("askedBy", a => a.AskedBy), new("askedAt", a => a.AskedAt), new("reason", a => a.Reason)
        ];

    public static Command Create()
    {
        var id = TypedNumber.Case.For(
            new Argument<string?>("CASE") { Description = "Number of a case.", Arity = ArgumentArity.ZeroOrOne });
        var scope = TypedNumber.Scope.For(
            new Option<string?>("--scope") { Description = "The scope that the reason rests on." });
        var reason = new Option<string?>("--reason") { Description = "Why; stands in the audit." };
        var approve = new Option<string?>("--approve")
        {
            Description = "Give what another asked for, by its number.", HelpName = "ID",
        };
        var show = new Option<string?>("--show")
        {
            Description = "Show again what was disclosed, while its fifteen minutes last.",
            HelpName = "ID"
        };
        _ = TypedNumber.Request.For(approve);
        _ = TypedNumber.Request.For(show);
        var waiting = new Option<bool>("--waiting") { Description = "List what waits for a second person." };
        var command = new Command(
            "disclose",
            """
            Disclose who the subject of a case is. The first call asks; an analyst and the privacy officer together may, and the second one's --approve shows it, for fifteen minutes.

            Example: weir disclose c-0011223344556677 --scope s-8899aabbccddeeff --reason "customer does not answer mail"
            """) { id, scope, reason, approve, show, waiting };
        var api = ApiOption.On(command);
        var output = OutputOption.Create();
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var format = OutputOption.Read(parsed, output);
            var to = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(waiting))
            {
                Listing.Write(
                    await client.ListAsync("approvals", ApprovalJson.Default.ApiPageApprovalSummary, cancel), Waiting,
                    format, to);
                return ExitCode.Done;
            }

            var view = parsed.GetValue(approve) is { } given
                ? await client.PostAsync(
                    $"disclosures/{ApiClient.Part(given)}/approval", ApprovalJson.Default.DisclosureResponse, cancel)
                : parsed.GetValue(show) is { } shown
                    ? await client.GetAsync(
                        $"disclosures/{ApiClient.Part(shown)}", ApprovalJson.Default.DisclosureResponse, cancel)
                : parsed.GetValue(id) is { } asked && parsed.GetValue(scope) is { } behind
                    && parsed.GetValue(reason) is { } why
                    ? await client.PostAsync(
                        "disclosures", new DisclosureRequest(asked, behind, why),
                        ApprovalJson.Default.DisclosureRequest, ApprovalJson.Default.DisclosureResponse, cancel)
                    : throw new OperatorException(
                        "nothing to disclose; give CASE, --scope and --reason, or --approve ID, or --waiting");
            Listing.Write([view], Columns, format, to);
            return ExitCode.Done;
        });
        return command;
    }
}
