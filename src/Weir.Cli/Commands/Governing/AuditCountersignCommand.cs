// SPDX-License-Identifier: Apache-2.0
//
// weir audit countersign: the auditor looks at a whole record, holds it against the heads that they kept, and signs its
// newest head with a key that no machine of Weir's has. What is signed is kept in the auditor's own file, by which the
// next look begins.
using System.CommandLine;
using System.Globalization;
using System.Text;
using Weir.Cli.Api;
using Weir.Contracts.Approvals;
using Weir.Desk.Api.Audits;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Cli.Commands.Governing;

/// <summary>The command.</summary>
internal static class AuditCountersignCommand
{
    public static Command Create()
    {
        var place = new AuditLocationOptions();
        var to = new Option<string>("--out")
        {
            Description = "Your own file of heads, on your own machine: the record is held against it first, and the "
                + "head with your signature is added; made where it is not there.",
            Required = true, HelpName = "FILE",
        };
        var key = SshKeygen.KeyOption();
        var yes = new Option<bool>("--yes") { Description = "Sign without asking." };
        var command = new Command(
            "countersign",
            """
            Verify the whole record, hold it against the heads in your own file, and sign its newest head.

            Example: weir audit countersign --socket ./weir.sock --out heads.signed --key ~/.ssh/weir
            """) { place.Directory, place.Config, place.Socket, place.Record, to, key, yes };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed, place,
            new(parsed.GetRequiredValue(to), SshKeygen.KeyOf(parsed, key), parsed.GetValue(yes)), cancel));
        return command;
    }

    private sealed record Asked(string File, string Key, bool IsSure);

    private static async Task<int> RunAsync(
        ParseResult parsed, AuditLocationOptions place, Asked asked, CancellationToken cancel)
    {
        using var log = await place.OpenAsync(parsed, cancel);
        var output = parsed.InvocationConfiguration.Output;
        var known = new FileInfo(asked.File) is { Exists: true, Length: > 0 } ? asked.File : null;
        // Before the look: a record goes on meanwhile, and nothing is signed that was not looked at.
        var newest = AuditLines.NewestHeads(log.Directory, 1);
        if (AuditCommand.Verify(log.Directory, known, output) is not ExitCode.Done and var broken)
        {
            output.WriteLine("nothing was signed");
            return broken;
        }

        var line = newest[0];
        var head = TreeHead.Read(Encoding.UTF8.GetBytes(line))!;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"head {head.Number} of {head.At:yyyy-MM-dd HH:mm:ss} UTC over {head.Size} entries, root {head.Root}"));
        SigningPrompt.Ask(asked.IsSure);
        var signature = await SshKeygen.SignAsync(
            Encoding.UTF8.GetBytes(line), asked.Key, SignatureNamespace.Head, cancel);
        var countersignature = new Countersignature(line, signature.ToString());
        await WriteAsync(asked.File, countersignature.ToLine(), cancel);
        output.WriteLine($"countersigned with {signature.Key.Fingerprint}, kept in {asked.File}");
        return await TellAsync(
            place.IsOfDesk(parsed) ? place.SocketOf(parsed) : null, countersignature, output, cancel);
    }

    private static async Task WriteAsync(string file, string line, CancellationToken cancel)
    {
        try
        {
            await File.AppendAllTextAsync(file, line + "\n", cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{file} cannot be written: {fault.Message}", ExitCode.Failed);
        }
    }

    /// <summary>The desk puts it on record, where it answers.</summary>
    private static async Task<int> TellAsync(
        string? socket, Countersignature signed, TextWriter output, CancellationToken cancel)
    {
        if (socket is null)
        {
            return ExitCode.Done;
        }

        using var api = new ApiClient(socket);
        if (!await api.IsThereAsync(cancel))
        {
            output.WriteLine("the desk does not run, and has not got it on record");
            return ExitCode.Done;
        }

        _ = await api.PostAsync(
            "audit/countersignatures", new CountersignatureSubmission(signed.Head, signed.Signature),
            AuditJson.Default.CountersignatureSubmission, AuditJson.Default.CountersignatureResponse, cancel);
        output.WriteLine("the desk has it on record");
        return ExitCode.Done;
    }
}
