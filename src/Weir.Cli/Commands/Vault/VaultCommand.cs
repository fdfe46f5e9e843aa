// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Processes;

namespace Weir.Cli.Commands.Vault;

/// <summary><c>weir vault</c>: the process that holds the keys.</summary>
internal static class VaultCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var supervised = new Option<bool>("--supervised") { Hidden = true };
        var command = new Command(
            ProcessNames.Vault,
            """
            Hold the epoch keys, the sealed subjects of cases and who had which address, and answer over a Unix socket until SIGTERM or SIGINT. Runs as a user of its own.

            Example: weir vault --config /etc/weir/vault.yaml
            """) { config, supervised };
        command.SetAction(async (arguments, cancel) =>
        {
            var file = ConfigOption.FileOf(arguments, config);
            var reading = ProcessPlaces.Configuration(ProcessNames.Vault, file);
            return ConfigOption.IsSound(reading, file, ProcessNames.Vault, arguments.InvocationConfiguration.Error)
                ? await ProcessRunner.RunAsync(
                    ProcessNames.Vault, file, reading.Value, arguments.GetValue(supervised), cancel)
                : ConfigOption.BadConfiguration;
        });
        command.Add(VaultSubjectCommand.Create());
        command.Add(VaultConsentCommand.Create());
        command.Add(VaultEnrollCommand.Create());
        return command;
    }
}
