// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Diagnostics.Metrics;
using Weir.Cli.Configuring;
using Weir.Cli.Serving;
using Weir.Cli.Web;
using Weir.Hosting.Metrics;

namespace Weir.Cli.Commands;

/// <summary><c>weir serve</c>: the main job live.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    /// <summary>From the signal to the end at most; what is not in the store by then waits in the spool.</summary>
    public static TimeSpan TimeToStop { get; } = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var config = ConfigOption.Create();
        var command = new Command(Name, "Take flow exports over UDP, match, digest and compare them until SIGTERM or "
            + "SIGINT. Example: weir serve --config /etc/weir/weir.yaml") { config };
        command.SetAction(async (arguments, cancel) =>
        {
            var file = arguments.GetRequiredValue(config);
            var reading = ConfigurationReader.ReadFile(file);
            ConfigOption.WriteFaults(reading, file, arguments.InvocationConfiguration.Error);
            if (!reading.IsSound)
            {
                await RefusedStart.TellAsync(
                    reading, TimeProvider.System, arguments.InvocationConfiguration.Error, cancel);
                return ConfigOption.BadConfiguration;
            }

            return await ServeAsync(reading.Value, cancel);
        });
        return command;
    }

    private static async Task<int> ServeAsync(WeirConfiguration settings, CancellationToken cancel)
    {
        await using var services =
            new ServiceCollection().AddMetrics().AddLogging(logs => logs.AddPlainConsole()).BuildServiceProvider();
        var server = new WeirServer(
            settings, TimeProvider.System, services.GetRequiredService<ILoggerFactory>(),
            services.GetRequiredService<IMeterFactory>());
        try
        {
            await server.RunAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Told to stop before it had begun: nothing was taken yet.
        }

        return ExitCode.Done;
    }
}
