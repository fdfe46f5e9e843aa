// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Contracts.Policy;
using Weir.Hosting.Governance;

namespace Weir.Cli.Commands.Vault;

/// <summary><c>weir vault enroll</c>: the first two fingerprints, read out at the vault by the two people themselves,
/// become the file that each process starts from.</summary>
internal static class VaultEnrollCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var prints = new Option<string[]>("--fingerprint")
        {
            Description = "Fingerprint as ssh-keygen -l prints it; twice, one of them the privacy officer's.",
            HelpName = "SHA256:…", Required = true, AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "enroll",
            """
            Write the trust anchor: the fingerprints of the first two people, who have signed the first governance. Copy the file to each machine; from then on two people in force sign every change.

            Example: weir vault enroll --fingerprint SHA256:… --fingerprint SHA256:… --config /etc/weir/weir.yaml
            """) { prints, config };
        command.SetAction(parsed =>
        {
            if (ConfigOption.Read(parsed, config) is not { } settings)
            {
                return ConfigOption.BadConfiguration;
            }

            var given = parsed.GetRequiredValue(prints).ToHashSet(StringComparer.Ordinal);
            var (governance, document) = GovernanceFile.Read(settings.Governance.File);
            var people = document.ToPeople().All
                .Where(person => person.Keys.Any(key => given.Contains(key.Fingerprint))).ToList();
            if (given.Count != 2 || people.Count != 2 || people.All(person => person.Role != Role.PrivacyOfficer))
            {
                throw new OperatorException(
                    $"fingerprints given: {given.Count}, people of {settings.Governance.File} whose they are: {people.Count}; "
                        + "give those of two, one of them the privacy officer (weir governance show)");
            }

            var signed = GovernanceSigners.Of(document, given).Verify(governance);
            if (signed.Fault.Length > 0)
            {
                throw new OperatorException($"{settings.Governance.File} {signed.Fault}; both sign it first: weir governance sign");
            }

            try
            {
                TrustAnchor.Write(
                    settings.Governance.Anchor,
                    from person in people
                    from key in person.Keys
                    where given.Contains(key.Fingerprint)
                    select (key.Fingerprint, person.Name));
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw new OperatorException(fault.Message, ExitCode.Failed);
            }

            parsed.InvocationConfiguration.Output.Write(File.ReadAllText(settings.Governance.Anchor));
            parsed.InvocationConfiguration.Output.WriteLine(
                $"written to {settings.Governance.Anchor}; SHA-256 of what both signed: {governance.Digest}");
            return ExitCode.Done;
        });
        return command;
    }
}
