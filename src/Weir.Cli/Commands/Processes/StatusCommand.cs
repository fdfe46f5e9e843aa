// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;
using Weir.Cli.Status;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Commands.Processes;

/// <summary><c>weir status</c>: one screen of what runs, what needs a person first.</summary>
internal static class StatusCommand
{
    private static readonly ListingColumn<StatusFigure>[] Columns =
    [
        new("section", row => row.Section),
        new("subject", row => row.Subject),
        new("figure", row => row.Figure),
        new("value", row => row.Value),
    ];

    public static Command Create()
    {
        var (config, output) = (ConfigOption.Create(), OutputOption.Create());
        var command = new Command(
            "status",
            """
            Show what runs on one screen: what needs a person, exporters with rate, last datagram and loss, events, cases, blocks ordered and really held, lists with their age, what waits, losses by the name of their metric, and health. Asks each process where it is watched; needs no role. -o json has all of it, csv and ndjson one figure a row.
            Exit 0 where nothing needs a person, 1 where something does, 3 where no process can be asked.

            Example: weir status --config /etc/weir/weir.yaml
            """) { config, output };
        command.SetAction(async (parsed, cancel) =>
        {
            var file = ConfigOption.FileOf(parsed, config);
            var reading = GovernedConfiguration.ReadFile(file);
            if (reading.Faults.Any(fault => !fault.IsTwice))
            {
                ConfigOption.WriteFaults(reading, file, parsed.InvocationConfiguration.Error);
                return ConfigOption.BadConfiguration;
            }

            var settings = reading.Value;
            var format = OutputOption.Read(parsed, output);
            var status = await StatusReader.ReadAsync(
                new ProcessPlaces(settings, isSupervised: false), Schema.Kebab(settings.Profile.ToString()),
                TimeProvider.System, cancel);
            status = status.WithFaults(reading.Faults.Select(fault => fault.At(file)));
            var to = parsed.InvocationConfiguration.Output;
            switch (format)
            {
                case ListingFormat.Table or ListingFormat.Wide:
                    StatusScreen.Write(status, to);
                    break;
                case ListingFormat.Json:
                    await to.WriteLineAsync(status.ToJson());
                    break;
                default:
                    Listing.Write(StatusFigures.From(status), Columns, format, to);
                    break;
            }

            return CodeOf(status.State);
        });
        return command;
    }

    /// <summary>What monitoring is told.</summary>
    internal static int CodeOf(string state) => state switch
    {
        StatusReader.Ok => ExitCode.Done,
        StatusReader.CannotBeAsked => ExitCode.Unreadable,
        _ => ExitCode.Failed,
    };
}
