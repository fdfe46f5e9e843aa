// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Hosting.Reloading;

namespace Weir.Cli.Processes;

/// <summary>Has every child of <c>weir serve</c> reload, and puts together what came of it. A file that is not sound
/// reaches no child.</summary>
internal sealed class ChildReload(
    string file, ChildMonitor monitor, ReloadState state, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>Reloads all, one after the other.</summary>
    public async Task RunAsync(IReadOnlyList<SupervisedProcess> children, CancellationToken cancel)
    {
        var reading = GovernedConfiguration.ReadFile(file);
        var result = state.Latest with
        {
            At = time.GetUtcNow(), Outcome = ReloadOutcome.Refused, Changed = [], AtNextStart = [],
            Reasons = [.. reading.Faults.Select(fault => fault.At(file))],
        };
        if (reading.IsSound)
        {
            var each = new List<ReloadResult>();
            foreach (var child in children)
            {
                each.Add(await ReloadAsync(child, cancel));
            }

            result = Merge(result, each);
        }

        state.Record(result);
        if (!reading.IsSound)
        {
            log.Write(ProcessNames.Serve, result);
        }
    }

    /// <summary>All children as one: a setting has changed where the one that it is for has taken it.</summary>
    internal static ReloadResult Merge(ReloadResult whole, IReadOnlyList<ReloadResult> each) => whole with
    {
        Outcome = each.Any(one => one.Outcome == ReloadOutcome.Refused)
            ? ReloadOutcome.Refused : ReloadOutcome.Reloaded,
        Changed = [.. each.SelectMany(one => one.Changed).Distinct()],
        AtNextStart = [.. each.SelectMany(one => one.AtNextStart).Distinct()],
        Reasons = [.. each.SelectMany(one => one.Reasons.Select(reason => $"{one.Process}: {reason}"))],
    };

    private async Task<ReloadResult> ReloadAsync(SupervisedProcess child, CancellationToken cancel)
    {
        var before = await monitor.ConfigurationAsync(child.Name, cancel);
        var begun = time.GetTimestamp();
        var isAsked = before is not null && child.TryReload();
        while (isAsked && time.GetElapsedTime(begun) < Patience)
        {
            if (await monitor.ConfigurationAsync(child.Name, cancel) is { } after && after.Count != before!.Count)
            {
                return after;
            }

            await Task.Delay(Pace, time, cancel);
        }

        return new()
        {
            Process = child.Name, Pid = 0, Outcome = ReloadOutcome.Refused,
            Reasons = ["it does not answer: it reads the file when it is started again"],
        };
    }
}
