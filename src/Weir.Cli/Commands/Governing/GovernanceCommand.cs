// SPDX-License-Identifier: Apache-2.0
//
// weir governance: shows what is governed, who signed it and what a change changes, and signs it (rules.md R24).
// Nothing here puts anything in force: each process verifies the file itself.
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Contracts.Approvals;
using Weir.Hosting.Governance;

namespace Weir.Cli.Commands.Governing;

/// <summary>The command with what is below it.</summary>
internal static class GovernanceCommand
{
    private const string Usual = "/etc/weir/governance.yaml";

    public static Command Create() => new(
        "governance",
        "People, keys, profile: signed by two. Example: weir governance show /etc/weir/governance.yaml")
    {
        GovernanceNewCommand.Create(), Show(), Diff(), Sign(),
    };

    private static Argument<string> FileArgument() => new("FILE")
    {
        Description = "The file that is governed.", DefaultValueFactory = _ => Usual,
    };

    private static Command Show()
    {
        var file = FileArgument();
        var format = new Option<string>("--output", "-o")
        {
            Description = "text (default), or allowed_signers: the keys as ssh-keygen -Y verify reads them.",
            DefaultValueFactory = _ => "text", HelpName = "FORMAT",
        };
        format.AcceptOnlyFromAmong("text", "allowed_signers");
        var command = new Command(
            "show", "Print people with their keys' fingerprints, and who signed. Example: weir governance show -o "
                + "allowed_signers > allowed_signers") { file, format };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(file);
            var (governance, document) = GovernanceFile.Read(path);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(format) == "allowed_signers")
            {
                output.Write(GovernanceFile.AllowedSigners(document));
                return ExitCode.Done;
            }

            output.Write(GovernanceFile.Describe(governance, document));
            foreach (var (name, signature) in governance.Signatures)
            {
                output.WriteLine($"{name}: {GovernanceFile.SignerOf(governance, document, signature)}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Diff()
    {
        var before = new Argument<string>("BEFORE") { Description = "What is in force." };
        var after = new Argument<string>("AFTER") { Description = "What shall be." };
        var command = new Command(
            "diff", "Say what a change changes, in words, and whether who signed it may. Example: weir governance diff /var/lib/weir-vault/governance/"
                + "governance.yaml governance.yaml") { before, after };
        command.SetAction(parsed =>
        {
            var inForce = GovernanceFile.Read(parsed.GetRequiredValue(before));
            var next = GovernanceFile.Read(parsed.GetRequiredValue(after));
            var output = parsed.InvocationConfiguration.Output;
            foreach (var line in GovernanceFile.Differences(inForce, next))
            {
                output.WriteLine(line);
            }

            var signed = GovernanceSigners.Of(inForce.Document).Verify(next.Governance);
            if (next.Document.FaultAfter(inForce.Governance.Digest) is { Length: > 0 } stray)
            {
                output.WriteLine($"would wait: {parsed.GetRequiredValue(after)} {stray}");
                return ExitCode.Done;
            }

            output.WriteLine(signed.Fault.Length > 0 ? $"would wait: {parsed.GetRequiredValue(after)} {signed.Fault}"
                : $"would come in force{(signed.IsRecovery ? " 72 hours after a process first saw it" : "")}, signed by "
                    + string.Join(" and ", signed.Names));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Sign()
    {
        var file = FileArgument();
        var key = SshKeygen.KeyOption();
        var command = new Command(
            "sign", "Sign the file as it stands; writes FILE.d/NAME.sig. Example: weir governance sign "
                + "/etc/weir/governance.yaml --key ~/.ssh/id_ed25519") { file, key };
        command.SetAction(async (parsed, cancel) =>
        {
            var path = parsed.GetRequiredValue(file);
            var (governance, document) = GovernanceFile.Read(path);

            // What was shown before may lie there no more: these octets are shown, and these are signed.
            parsed.InvocationConfiguration.Output.Write(GovernanceFile.Describe(governance, document));
            SigningPrompt.Ask(isSure: Console.IsInputRedirected);
            var signature = await SshKeygen.SignAsync(
                governance.Octets, SshKeygen.KeyOf(parsed, key), SignatureNamespace.Governance, cancel);
            var name = document.ToPeople().TryFind(signature.Key, out var person) ? person.Name : "key";
            var to = Path.Combine(
                SignedGovernance.SignaturesOf(path), $"{name}-{GovernanceFile.ShortOf(signature.Key)}.sig");
            try
            {
                Directory.CreateDirectory(SignedGovernance.SignaturesOf(path));
                await File.WriteAllTextAsync(to, signature.ToString(), cancel);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                var folder = SignedGovernance.SignaturesOf(path);
                throw new OperatorException(
                    $"{to} cannot be written: {fault.Message}; whose {folder} is makes it a folder where every signer "
                        + $"may put a file: install -d -m 1777 {folder}", ExitCode.Failed);
            }

            parsed.InvocationConfiguration.Output.WriteLine(
                $"{to}: {GovernanceFile.SignerOf(governance, document, signature)}; two people of the governance in "
                    + "force sign, one of them the privacy officer");
            return ExitCode.Done;
        });
        return command;
    }
}
