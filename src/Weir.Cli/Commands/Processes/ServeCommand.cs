// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Hosting.Metrics;

namespace Weir.Cli.Commands.Processes;

/// <summary><c>weir serve</c>: the main job live.</summary>
internal static class ServeCommand
{
    public const string Name = ProcessNames.Serve;

    /// <summary>From the signal to the end at most; what is not in the store by then waits in the spool.</summary>
    public static TimeSpan TimeToStop { get; } = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var config = ConfigOption.Create();
        var command = new Command(Name, "Take flow exports over UDP, match, digest and compare them until SIGTERM or "
            + "SIGINT. Example: weir serve --config /etc/weir/weir.yaml") { config };
        command.SetAction(async (arguments, cancel) =>
        {
            var file = ConfigOption.FileOf(arguments, config);
            var reading = ProcessPlaces.Configuration(ProcessNames.Desk, file);
            ConfigOption.WriteFaults(reading, file, arguments.InvocationConfiguration.Error);
            if (!reading.IsSound)
            {
                await RefusedStart.TellAsync(
                    reading, TimeProvider.System, arguments.InvocationConfiguration.Error, cancel);
                return ConfigOption.BadConfiguration;
            }

            return await ServeAsync(reading.Value, Path.GetFullPath(file), cancel);
        });
        return command;
    }

    private static async Task<int> ServeAsync(WeirConfiguration settings, string file, CancellationToken cancel)
    {
        await using var services =
            new ServiceCollection().AddLogging(logs => logs.AddPlainConsole()).BuildServiceProvider();
        return await new Supervisor(
            settings, file, TimeProvider.System, services.GetRequiredService<ILoggerFactory>()).RunAsync(cancel);
    }
}
