// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;
using Weir.Hosting.Posix;
using Weir.Hosting.Reloading;

namespace Weir.Cli.Commands.Processes;

/// <summary><c>weir reload</c>: what SIGHUP does, with what changed and what could not.</summary>
internal static class ReloadCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private sealed record Row(string Process, string Setting, string State, string Reason);

    private static readonly ListingColumn<Row>[] Columns =
    [
        new("process", row => row.Process),
        new("setting", row => row.Setting),
        new("state", row => row.State),
        new("reason", row => row.Reason),
    ];

    public static Command Create()
    {
        var (config, output) = (ConfigOption.Create(), OutputOption.Create());
        var command = new Command(
            "reload",
            """
            Have the running processes read their configuration and lists again, as SIGHUP and systemctl reload do: lists, exporters and thresholds change without a stop, anything else is named and counts at the next start. A file with a fault is refused whole. Needs the processes' user, or root.
            Exit 0 where it was taken, 1 where something waits for a start or could not be taken, 2 for a bad file.

            Example: weir reload --config /etc/weir/weir.yaml
            """) { config, output };
        command.SetAction(async (parsed, cancel) =>
        {
            if (ConfigOption.Read(parsed, config) is not { } settings)
            {
                return ConfigOption.BadConfiguration;
            }

            var results = await ReloadAsync(new ProcessPlaces(settings, isSupervised: false), cancel);
            Row[] rows = [.. results.SelectMany(Rows)];
            Listing.Write(
                rows, Columns, OutputOption.Read(parsed, output), parsed.InvocationConfiguration.Output);
            return Array.TrueForAll(rows, row => row.State is "changed" or "read" or "as before") ? ExitCode.Done
                : ExitCode.Failed;
        });
        return command;
    }

    private static IEnumerable<Row> Rows(ReloadResult result)
    {
        if (result.Outcome == ReloadOutcome.Reloaded
            && result.Changed.Count + result.AtNextStart.Count + result.Lists.Count == 0)
        {
            yield return new(result.Process, "", "as before", "");
        }

        foreach (var setting in result.Changed)
        {
            yield return new(result.Process, setting, "changed", "");
        }

        foreach (var list in result.Lists)
        {
            yield return new(result.Process, "matching.lists", "read", list);
        }

        foreach (var setting in result.AtNextStart)
        {
            yield return new(result.Process, setting, "at next start", "it cannot change while the process runs");
        }

        foreach (var reason in result.Reasons)
        {
            yield return new(
                result.Process, "", result.Outcome == ReloadOutcome.Refused ? "refused" : "not taken", reason);
        }
    }

    /// <summary>weir serve at once, or each process that can be asked.</summary>
    private static async Task<List<ReloadResult>> ReloadAsync(ProcessPlaces places, CancellationToken cancel)
    {
        var results = new List<ReloadResult> { await ReloadAsync(places, ProcessNames.Desk, cancel) };
        if (results[0].Process != ServeCommand.Name)
        {
            foreach (var process in places.BesideDesk)
            {
                results.Add(await ReloadAsync(places, process, cancel));
            }
        }

        return results;
    }

    private static async Task<ReloadResult> ReloadAsync(ProcessPlaces places, string process, CancellationToken cancel)
    {
        var (before, why) = await ProcessStatus.ConfigurationAsync(places, process, cancel);
        if (before is null)
        {
            return Refused(process, why);
        }

        if (!OwnProcess.TryReload(before.Pid, out why))
        {
            return Refused(before.Process,
                $"process {before.Pid} cannot be told: {why}; run this as its user or as root");
        }

        var begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < Patience)
        {
            await Task.Delay(Pace, cancel);
            var (after, _) = await ProcessStatus.ConfigurationAsync(places, process, cancel);
            if (after is not null && after.Count != before.Count)
            {
                return after;
            }
        }

        return Refused(before.Process, $"it has not answered within {Patience.TotalSeconds:0} s; its log says why");
    }

    private static ReloadResult Refused(string process, string why) =>
        new() { Process = process, Pid = 0, Outcome = ReloadOutcome.Refused, Reasons = [why] };
}
