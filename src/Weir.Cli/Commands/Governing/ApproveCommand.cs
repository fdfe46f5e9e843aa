// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text;
using Weir.Cli.Api;
using Weir.Contracts.Approvals;
using Weir.Desk.Api.Approvals;

namespace Weir.Cli.Commands.Governing;

/// <summary><c>weir approve</c>: shows what the vault drew up and signs just that (rules.md R23). What is shown is what
/// is signed; a text that somebody altered on the way is one the vault does not take.</summary>
internal static class ApproveCommand
{
    public static Command Create()
    {
        var id = TypedNumber.RequestOrBlock.For(new Argument<string>("REQUEST")
        {
            Description = "Number of what was asked, a-…, or of the planned block, b-….",
        });
        var key = SshKeygen.KeyOption();
        var show = new Option<bool>("--show") { Description = "Show the text and who signed; sign nothing." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask before signing." };
        var command = new Command(
            "approve",
            """
            Show what two people are asked to sign, as the vault drew it up, and sign it with your SSH key. Both sign; then the second one gives leave.

            Example: weir approve a-0011223344556677 --key ~/.ssh/id_ed25519
            """) { id, key, show, yes };
        var api = ApiOption.On(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = api.Open(parsed);
            var path = $"approvals/{ApiClient.Part(parsed.GetRequiredValue(id))}";
            var output = parsed.InvocationConfiguration.Output;
            var detail = await client.GetAsync(path, ApprovalJson.Default.ApprovalDetail, cancel);
            output.Write(detail.Text);
            if (parsed.GetValue(show))
            {
                Tell(detail, output);
                return ExitCode.Done;
            }

            if (!ApprovalText.TryRead(detail.Text, out _, out _))
            {
                throw new OperatorException("this is no text of an approval; nothing was signed", ExitCode.Failed);
            }

            SigningPrompt.Ask(parsed.GetValue(yes));
            var signature = await SshKeygen.SignAsync(
                Encoding.UTF8.GetBytes(detail.Text), SshKeygen.KeyOf(parsed, key),
                SignatureNamespace.Approval, cancel);
            Tell(
                await client.PostAsync(
                    path + "/signatures", new SignatureSubmission(signature.ToString()),
                    ApprovalJson.Default.SignatureSubmission, ApprovalJson.Default.ApprovalDetail, cancel),
                output);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Tell(ApprovalDetail detail, TextWriter output) => output.WriteLine(
        $"signed by: {(detail.SignedBy.Count == 0 ? "nobody yet" : string.Join(", ", detail.SignedBy))}; {detail.Next}"
            + (detail.Page.Length > 0 && detail.SignedBy.Count < 2 ? $"; by a passkey: {detail.Page}" : ""));
}
