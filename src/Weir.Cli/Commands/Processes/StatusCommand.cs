// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;

namespace Weir.Cli.Commands.Processes;

/// <summary><c>weir status</c>: how every process is, what is wrong first.</summary>
internal static class StatusCommand
{
    private static readonly ListingColumn<ProcessStatusRow>[] Columns =
    [
        new("process", row => row.Process),
        new("part", row => row.Part),
        new("state", row => row.State),
        new("since", row => row.Since),
        new("reason", row => row.Reason),
    ];

    public static Command Create()
    {
        var (config, output) = (ConfigOption.Create(), OutputOption.Create());
        var command = new Command(
            "status",
            """
            Tell how the processes of a configuration are, part by part, what is not well first. Asks each where it serves its health; needs no role.
            Exit 0 where all is well, 1 where something is not.

            Example: weir status --config /etc/weir/weir.yaml
            """) { config, output };
        command.SetAction(async (parsed, cancel) =>
        {
            if (ConfigOption.Read(parsed, config) is not { } settings)
            {
                return ConfigOption.BadConfiguration;
            }

            var rows = await ProcessStatus.ReadAsync(new ProcessPlaces(settings, isSupervised: false), cancel);
            Listing.Write(
                rows, Columns, OutputOption.Read(parsed.GetValue(output)!), parsed.InvocationConfiguration.Output);
            return rows.All(row => row.State == ProcessStatus.Ok) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
