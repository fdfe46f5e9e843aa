// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text;
using Weir.Cli.Configuring;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;

namespace Weir.Cli.Commands.Governing;

/// <summary><c>weir governance new</c>: a file to begin with, out of people and their <c>.pub</c> files.</summary>
internal static class GovernanceNewCommand
{
    public static Command Create()
    {
        var instance = new Option<string>("--instance")
        {
            Description = "Name of this Weir; stands in every text that is signed.", Required = true, HelpName = "NAME",
        };
        var profile = new Option<string>("--profile")
        {
            Description = "us-provider (default) or eu-provider.", DefaultValueFactory = _ => "us-provider",
            HelpName = "PROFILE",
        };
        profile.AcceptOnlyFromAmong("us-provider", "eu-provider");
        var people = new Option<string[]>("--person")
        {
            Description =
                "NAME:ROLE:FILE, the file a public key of theirs; NAME:ROLE for who only reads. Once for each.",
            Required = true, HelpName = "PERSON", AllowMultipleArgumentsPerToken = true,
        };
        var oneUser = new Option<bool>("--one-user")
        {
            Description = "Allow weir serve, which runs all four processes as one user.",
        };
        var (replaces, settings) = (Replaces(), Settings());
        var command = new Command(
            "new",
            """
            Print a governance out of people, their public keys and settings that two answer for. Two of them then sign it.

            Example: weir governance new --instance example-net --person ana:analyst:ana.pub --person petra:privacy-officer:petra.pub
            """) { instance, profile, people, oneUser, replaces, settings };
        command.SetAction(parsed =>
        {
            var text = new StringBuilder("instance: ").Append(parsed.GetRequiredValue(instance)).Append("\nprofile: ")
                .Append(parsed.GetRequiredValue(profile)).Append('\n')
                .Append(parsed.GetValue(oneUser) ? "separation: off\n" : "")
                .Append(parsed.GetValue(replaces) is { } before ? ReplacesOf(before) : "").Append("people:\n");
            foreach (var person in parsed.GetRequiredValue(people))
            {
                text.Append(Entry(person));
            }

            text.Append(parsed.GetValue(settings) is { } block ? SettingsOf(block) : "");
            var reading = ConfigurationReader.Read<GovernanceDocument>(text.ToString(), _ => null);
            if (!reading.IsSound)
            {
                throw new OperatorException(reading.Faults[0].Sentence);
            }

            parsed.InvocationConfiguration.Output.Write(text.ToString());
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>So many of before are named: a process that was away for longer is given them one after the other.
    /// </summary>
    private const int MostNamed = 20;

    private static Option<string?> Replaces() => new("--replaces")
    {
        Description = "The governance in force, which this one is to replace; its digest, and those that it replaced, "
            + "stand in the new one.",
        HelpName = "FILE",
    };

    private static Option<string?> Settings() => new("--settings")
    {
        Description = "Sections of a weir.yaml that two people answer for, such as collecting.exporters and "
            + "matching.lists; they may not stand in weir.yaml too.",
        HelpName = "FILE",
    };

    /// <summary>The block of a file's sections.</summary>
    private static string SettingsOf(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--settings {file} cannot be read: {fault.Message}", ExitCode.Unreadable);
        }

        if (GovernedSettings.Faults(text).FirstOrDefault() is { } wrong)
        {
            throw new OperatorException($"--settings {file} {wrong}");
        }

        return "settings: |\n" + string.Concat(text.TrimEnd().Split('\n').Select(
            line => line.TrimEnd().Length == 0 ? "\n" : $"  {line.TrimEnd()}\n"));
    }

    private static string ReplacesOf(string file)
    {
        var (governance, document) = GovernanceFile.Read(file);
        return "replaces:\n" + string.Concat(
            document.Replaces.Prepend(governance.Digest).Take(MostNamed).Select(digest => $"  - \"{digest}\"\n"));
    }

    private static string Entry(string person)
    {
        if (person.Split(':', 3) is not [var name, var role, .. var files]
            || Actor.RoleOf(role) is null)
        {
            throw new OperatorException($"--person '{person}' is no NAME:ROLE:FILE; roles are analyst, operator, "
                + "privacy-officer, auditor and administrator");
        }

        if (files is not [var file])
        {
            return $"  - name: {name}\n    role: {role}\n";
        }

        try
        {
            var line = File.ReadLines(file).FirstOrDefault() ?? "";
            return SshPublicKey.TryParse(line, out var key)
                ? $"  - name: {name}\n    role: {role}\n    keys: [\"{key}\"]\n"
                : throw new OperatorException(
                    $"{file} is no public key of {SshKeyTypes.Names}; give the .pub file that ssh-keygen wrote");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{file} cannot be read: {fault.Message}");
        }
    }
}
