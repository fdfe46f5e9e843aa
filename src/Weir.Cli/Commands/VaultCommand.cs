// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Cli.Serving;
using Weir.Cli.Web;
using Weir.Hosting.Auditing;
using Weir.Hosting.Metrics;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Vault.Serving;

namespace Weir.Cli.Commands;

/// <summary><c>weir vault</c>: the process that holds the keys.</summary>
internal static class VaultCommand
{
    /// <summary>Folder of the vault's own record, inside <c>vault.dir</c>.</summary>
    public const string RecordFolder = "audit";

    public static Command Create()
    {
        var config = ConfigOption.Create();
        var command = new Command(
            "vault",
            """
            Hold the epoch keys, the sealed subjects of cases and who had which address, and answer over a Unix socket until SIGTERM or SIGINT. Runs as a user of its own.

            Example: weir vault --config /etc/weir/vault.yaml
            """) { config };
        command.SetAction(async (arguments, cancel) =>
        {
            var file = arguments.GetRequiredValue(config);
            var reading = ConfigurationReader.ReadFile(file);
            ConfigOption.WriteFaults(reading, file, arguments.InvocationConfiguration.Error);
            return reading.IsSound ? await RunAsync(reading.Value, cancel) : ConfigOption.BadConfiguration;
        });
        command.Add(VaultSubjectCommand.Create());
        command.Add(VaultConsentCommand.Create());
        return command;
    }

    private static async Task<int> RunAsync(WeirConfiguration settings, CancellationToken cancel)
    {
        if (settings.Vault.Socket is null)
        {
            throw new OperatorException("vault.socket is not set, so nobody could ask the vault; name a path such "
                + "as /run/weir-vault/vault.sock");
        }

        await using var services =
            new ServiceCollection().AddLogging(logs => logs.AddPlainConsole()).BuildServiceProvider();
        var logs = services.GetRequiredService<ILoggerFactory>();
        FileAuditLog? record = null;
        IdentityIntake? identity = null;
        try
        {
            ProcessHardening.Close();
            await new VaultServer(StageOptions.Vault(settings), TimeProvider.System, logs).RunAsync(
                folder =>
                {
                    record = FileAuditLog.Open(
                        new AuditOptions
                        {
                            Directory = Path.Combine(folder, RecordFolder),
                            Version = VersionAction.Text
                        },
                        TimeProvider.System, logs.CreateLogger<FileAuditLog>());
                    (var surroundings, identity) = VaultSources.Open(
                        settings, folder, record, TimeProvider.System, logs);
                    return surroundings;
                },
                cancel);
            return ExitCode.Done;
        }
        catch (Exception refused) when (refused is InvalidDataException or IdentityException)
        {
            throw new OperatorException(refused.Message);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or AuditException)
        {
            throw new OperatorException(refused.Message, ExitCode.Failed);
        }
        finally
        {
            identity?.Dispose();
            if (record is not null)
            {
                await record.DisposeAsync();
            }
        }
    }
}
