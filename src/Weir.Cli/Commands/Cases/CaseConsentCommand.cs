// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Reporting;
using Weir.Contracts.Consents;
using Weir.Desk.Api.Complaints;

namespace Weir.Cli.Commands.Cases;

/// <summary><c>weir case consent</c>: brings a customer's consent to the desk.</summary>
internal static class CaseConsentCommand
{
    private static readonly ListingColumn<ConsentResponse>[] Columns = [new("case", r => r.Case), new("scope", r =>
        r.Scope)];

    public static Command Create()
    {
        var file = new Argument<string>("TOKEN-FILE") { Description = "What `weir vault consent` gave." };
        var command = new Command(
            "consent",
            """
            Bring a customer's consent to a diagnosis of the own line: it opens one scope, to read and to count, until it ends. Exit 1 where it was refused.

            Example: weir case consent consent.txt
            """) { file };
        var api = ApiOption.On(command);
        var output = OutputOption.Create();
        command.Add(output);
        command.SetAction(async (parsed, cancel) =>
        {
            var token = await ReadAsync(parsed.GetValue(file)!, cancel);
            using var client = api.Open(parsed);
            var row = await client.PostAsync(
                "consents", new ConsentTokenRequest(token), ComplaintJson.Default.ConsentTokenRequest,
                ComplaintJson.Default.ConsentResponse, cancel);
            Listing.Write(
                [row], Columns, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancel)
    {
        try
        {
            return new FileInfo(path).Length <= ConsentToken.Longest
                ? await File.ReadAllTextAsync(path, cancel)
                : throw new OperatorException(
                    $"{path} is no consent: it is longer than {ConsentToken.Longest} octets", ExitCode.Unreadable);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{path} cannot be read: {fault.Message}", ExitCode.Unreadable);
        }
    }
}
