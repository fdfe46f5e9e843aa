// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Cli.Processes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Backups;

namespace Weir.Cli.Commands.Backups;

/// <summary><c>weir restore</c>: puts one process's state back from a backup.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var (config, process) = (ConfigOption.Create(), BackupCommand.Process());
        var file = new Argument<string>("FILE") { Description = "The backup." };
        var heads = new Option<string?>("--heads")
        {
            Description = "Heads of the process's record that were kept elsewhere; those of auditing.export-dir unless "
                + "given.", HelpName = "FILE",
        };
        var lost = new Option<string?>("--lost")
        {
            Description = "Why entries of the record are lost, where heads kept elsewhere cover more than the backup "
                + "holds; goes on record. Without it such a restore is refused.", HelpName = "REASON",
        };
        var command = new Command(
            "restore",
            """
            Put a process's state back from its backup, while the process is stopped, as its own user. What was open is void. See docs/12-backup.md.

            Example: weir restore desk /var/backups/weir-desk/monday.backup --config /etc/weir/weir.yaml
            """) { process, file, config, heads, lost };
        command.SetAction(async (parsed, cancel) =>
        {
            if (ConfigOption.Read(parsed, config) is not { } settings)
            {
                return ConfigOption.BadConfiguration;
            }

            var name = parsed.GetRequiredValue(process);
            var request = new RestoreRequest(
                ProcessBackups.Create(name, settings), parsed.GetRequiredValue(file), parsed.GetValue(heads),
                Reason(parsed.GetValue(lost)), VersionAction.Text);
            Write(name, await RestoreAsync(request, cancel), parsed.InvocationConfiguration.Output);
            return ExitCode.Done;
        });
        return command;
    }

    private static string? Reason(string? lost) => lost is null || !string.IsNullOrWhiteSpace(lost)
        ? lost?.Trim()
        : throw new OperatorException("--lost needs a reason in words; it goes on record");

    private static async Task<RestoreReceipt> RestoreAsync(RestoreRequest request, CancellationToken cancel)
    {
        try
        {
            return await BackupRestorer.RestoreAsync(
                request, TimeProvider.System, NullLogger<FileAuditLog>.Instance, cancel);
        }
        catch (BackupException refused)
        {
            throw new OperatorException(refused.Message, ExitCode.Failed);
        }
    }

    private static void Write(string process, RestoreReceipt made, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{process} is as on {made.At:yyyy-MM-dd HH:mm:ss} UTC: {made.Files} files, instance {made.Instance}"));
        output.WriteLine($"record: {made.Chain}");
        foreach (var one in made.Voided)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"void: {one.Count} {one.What}"));
        }

        if (made.Kept.Count > 0)
        {
            output.WriteLine($"newer and kept: {string.Join(", ", made.Kept)}");
        }

        BackupCommand.WriteLeftOut(made.LeftOut, output);
    }
}
