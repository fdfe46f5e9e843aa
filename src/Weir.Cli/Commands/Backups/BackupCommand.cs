// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Processes;
using Weir.Hosting.Backups;

namespace Weir.Cli.Commands.Backups;

/// <summary><c>weir backup</c>: a copy of one process's state, while it runs.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var (config, process) = (ConfigOption.Create(), Process());
        var to = new Option<string>("--out")
        {
            Description = "File to write, mode 0600; it must not be there.", Required = true, HelpName = "FILE",
        };
        var command = new Command(
            "backup",
            """
            Copy a process's state into one file, while it runs, as its own user. Keys of epochs, of the cohort's draw and of cases are never in it. See docs/12-backup.md.

            Example: weir backup desk --config /etc/weir/weir.yaml --out /var/backups/weir-desk/monday.backup
            """) { process, config, to };
        command.SetAction(parsed =>
        {
            if (ConfigOption.Read(parsed, config) is not { } settings)
            {
                return ConfigOption.BadConfiguration;
            }

            var (name, file) = (parsed.GetRequiredValue(process), parsed.GetRequiredValue(to));
            var made = Refusing(() => BackupWriter.Write(
                ProcessBackups.Create(name, settings), file, VersionAction.Text, TimeProvider.System.GetUtcNow()));
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: {made.Files} files of {name}, {made.Octets} octets, SHA-256 {made.Sha256}"));
            WriteLeftOut(made.LeftOut, output);
            return ExitCode.Done;
        });
        return command;
    }

    internal static Argument<string> Process()
    {
        var process = new Argument<string>("PROCESS") { Description = "collector, store, desk or vault." };
        process.AcceptOnlyFromAmong(
            ProcessNames.Collector, ProcessNames.Store, ProcessNames.Desk, ProcessNames.Vault);
        return process;
    }

    internal static void WriteLeftOut(IEnumerable<LeftOut> leftOut, TextWriter output)
    {
        foreach (var one in leftOut)
        {
            output.WriteLine($"not in it: {one.What} ({one.Why})");
        }
    }

    internal static T Refusing<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (BackupException refused)
        {
            throw new OperatorException(refused.Message, ExitCode.Failed);
        }
    }
}
