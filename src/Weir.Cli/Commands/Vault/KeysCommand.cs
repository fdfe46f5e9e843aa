// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Processes;

namespace Weir.Cli.Commands.Vault;

/// <summary><c>weir keys</c>: a process's public key, as the list of all processes wants it.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var process = new Argument<string>("PROCESS") { Description = "collector, store or vault." };
        process.AcceptOnlyFromAmong(ProcessNames.Collector, ProcessNames.Store, ProcessNames.Vault);
        var command = new Command(
            "keys",
            "Print the line of a process for processes.public-keys, and make its key where there is none. Run as the "
            + "process's own user. Example: weir keys collector --config /etc/weir/weir.yaml") { process, config };
        command.SetAction(arguments =>
        {
            if (ConfigOption.Read(arguments, config) is not { } settings)
            {
                return ConfigOption.BadConfiguration;
            }

            var name = arguments.GetRequiredValue(process);
            var places = new ProcessPlaces(settings, isSupervised: false);
            using var key = ProcessKeys.Open(places.KeyOf(name));
            arguments.InvocationConfiguration.Output.WriteLine(ProcessKeys.LineOf(
                name, name == ProcessNames.Collector ? settings.Processes.Collector.Name : name, key.Public));
            return ExitCode.Done;
        });
        return command;
    }
}
