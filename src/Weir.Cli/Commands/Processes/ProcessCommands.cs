// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Processes;

namespace Weir.Cli.Commands.Processes;

/// <summary><c>weir collector</c>, <c>weir store</c> and <c>weir desk</c>: a process each.</summary>
internal static class ProcessCommands
{
    /// <summary>From the signal to the end at most; what is not delivered by then waits on disk.</summary>
    public static TimeSpan TimeToStop { get; } = TimeSpan.FromSeconds(60);

    public static IEnumerable<Command> Create() =>
    [
        Create(
            ProcessNames.Collector,
            "Take flow exports over UDP, match, detect and digest them, and bring events to the desk and segments to "
            + "the store until SIGTERM or SIGINT. Example: weir collector --config /etc/weir/weir.yaml"),
        Create(
            ProcessNames.Store,
            "Keep pairs, sightings and evidence, compare and look back, and answer over a socket until SIGTERM or "
            + "SIGINT. Example: weir store --config /etc/weir/weir.yaml"),
        Create(
            ProcessNames.Desk,
            "Hold cases and policy, block endpoints, have customers told, and answer people and collectors until "
            + "SIGTERM or SIGINT. Example: weir desk --config /etc/weir/weir.yaml"),
    ];

    private static Command Create(string process, string description)
    {
        var config = ConfigOption.Create();
        var supervised = new Option<bool>("--supervised") { Hidden = true };
        var command = new Command(process, description) { config, supervised };
        command.SetAction(async (arguments, cancel) =>
        {
            var file = ConfigOption.FileOf(arguments, config);
            var reading = ProcessPlaces.Configuration(process, file);
            return ConfigOption.IsSound(reading, file, process, arguments.InvocationConfiguration.Error)
                ? await ProcessRunner.RunAsync(
                    process, file, reading.Value, arguments.GetValue(supervised), cancel)
                : ConfigOption.BadConfiguration;
        });
        return command;
    }
}
