// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Reporting;
using Weir.Desk.Api.Complaints;

namespace Weir.Cli.Commands.Cases;

/// <summary><c>weir case complaint</c>: brings a third party's complaint, with the signature that
/// proves whose it is.</summary>
internal static class CaseComplaintCommand
{
    private static readonly ListingColumn<ComplaintResult>[] Columns =
        [
            new("outcome", r => r.Outcome), new("reporter", r => r.Reporter), new("proof", r => r.Proof),
            new("kind", r => r.Kind), new("class", r => r.Scope), new("why", r => r.Why)
        ];

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "XARF, ARF or a Shadowserver report." };
        var signature = new Option<string?>("--signature")
        {
            Description = "Detached signature: HMAC-SHA256, or ECDSA in DER.",
            HelpName = "FILE"
        };
        var command = new Command(
            "complaint",
            """
            Bring a complaint of a configured reporter. What opens a scope is what it says, by who signed it; who brings it counts for nothing. Exit 1 where any of it was refused.

            Example: weir case complaint report.json --signature report.json.sig
            """) { file, signature };
        var api = ApiOption.On(command);
        var output = OutputOption.Create();
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            var asked = new ComplaintRequest(
                await ReadAsync(parsed.GetValue(file)!, cancel),
                parsed.GetValue(signature) is { } path ? await ReadAsync(path, cancel) : null);
            using var client = api.Open(parsed);
            var rows = (await client.PostAsync(
                "complaints", asked, ComplaintJson.Default.ComplaintRequest, ComplaintJson.Default.ComplaintResponse,
                cancel)).Results;
            Listing.Write(
                rows, Columns, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return rows.All(row => row.Outcome is "opened" or "told-before") ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<byte[]> ReadAsync(string path, CancellationToken cancel)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{path} cannot be read: {fault.Message}", ExitCode.Unreadable);
        }
    }
}
