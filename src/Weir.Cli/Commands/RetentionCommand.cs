// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;
using Weir.Hosting.Retention;

namespace Weir.Cli.Commands;

/// <summary><c>weir report retention</c>: what is held, from when, and whether it may be.</summary>
internal static class RetentionCommand
{
    public static readonly IReadOnlyList<ListingColumn<HeldByProcess>> Columns =
    [
        new("process", r => r.Process), new("kind", r => r.Held.Kind), new("oldest", r => r.Held.Oldest),
        new("newest", r => r.Held.Newest), new("rows", r => r.Held.Rows), new("octets", r => r.Held.Octets),
        new("limit", r => r.Held.Limit), new("state", r => r.Held.State), new("where", r => r.Held.Where),
    ];

    public static Command Create()
    {
        var (config, output) = (ConfigOption.Create(), OutputOption.Create());
        var command = new Command(
            "retention",
            """
            Prove what is held: of each process per kind the oldest and newest, rows and octets as they are there now, and the limit. Each process says its own, so nobody reads another's folders.
            Exit 0 where all is within its limit, 1 where something is over it or a process does not answer.

            Example: weir report retention --config /etc/weir/weir.yaml -o csv
            """) { config, output };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = AuditLocationOptions.ConfigurationOf(ConfigOption.FileOf(parsed, config));
            return await WriteAsync(
                settings, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output, cancel);
        });
        return command;
    }

    internal static async Task<int> WriteAsync(
        WeirConfiguration settings, ListingFormat format, TextWriter to, CancellationToken cancel)
    {
        var rows = await HeldByProcesses.ReadAsync(new ProcessPlaces(settings, isSupervised: false), cancel);
        Listing.Write(rows, Columns, format, to);
        return rows.All(row => row.Held.State is RetentionEntry.Ok or RetentionEntry.Nothing)
            ? ExitCode.Done
            : ExitCode.Failed;
    }
}
