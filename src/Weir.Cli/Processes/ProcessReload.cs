// SPDX-License-Identifier: Apache-2.0
//
// The configuration read again while a process runs. A file that is not sound is refused whole; of a sound one what may
// change is put in force, and what may not is named.
using Weir.Cli.Configuring;
using Weir.Collector.Running;
using Weir.Desk.Lists;
using Weir.Hosting.Reloading;

namespace Weir.Cli.Processes;

/// <summary>Reloads one process: when it is told to, and when another governance came in force. Safe for several at
/// once.
/// </summary>
/// <param name="process">Its name.</param>
/// <param name="file">Full path of the configuration.</param>
/// <param name="run">What it was put together from.</param>
/// <param name="log">Where each reload is told.</param>
internal sealed class ProcessReload(string process, string file, ProcessRun run, ILogger log) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly IReadOnlyList<string> _eventKeys = run.EventKeys;
    private WeirConfiguration _inForce = run.Settings;

    /// <summary>What came of the latest.</summary>
    public ReloadState State { get; } = new(process);

    /// <summary>Reads the file and takes what may change.</summary>
    /// <param name="services">Of the running process.</param>
    public async Task RunAsync(IServiceProvider services)
    {
        await _one.WaitAsync();
        try
        {
            var result = await ReadAsync(services) with { At = run.Time.GetUtcNow() };
            State.Record(result);
            log.Write(process, result);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<ReloadResult> ReadAsync(IServiceProvider services)
    {
        var reading = GovernedConfiguration.ReadFile(file, run.Governance.InForce);
        var faults = reading.Faults.Where(fault => ProcessSections.Concerns(process, fault)).ToList();
        if (faults.Count > 0)
        {
            return Result(ReloadOutcome.Refused) with { Reasons = [.. faults.Select(fault => fault.At(file))] };
        }

        var next = ReloadPlan.Take(_inForce, reading.Value);
        var (changed, atNextStart) = ReloadPlan.Compare(process, _inForce, reading.Value);
        IReadOnlyList<string> reasons;
        var before = ListsOf(services);
        try
        {
            reasons = await ApplyAsync(services, next, changed);
        }
        catch (Exception refused) when (refused is ArgumentException or InvalidOperationException or IOException)
        {
            return Result(ReloadOutcome.Refused) with { Reasons = [$"{file}: {refused.Message}"] };
        }

        _inForce = next;
        return Result(ReloadOutcome.Reloaded) with
        {
            Changed = changed,
            AtNextStart =
            [
                .. atNextStart.Where(name => ProcessSections.Reads(process, name)),
                .. _eventKeys.SequenceEqual(run.EventKeys) ? (string[])[] : ["event-keys of the governance"],
            ],
            Reasons = reasons,
            Lists = ReloadedLists.Between(before, ListsOf(services)),
        };
    }

    /// <summary>The desk's lists as they stand; none of another process.</summary>
    private IReadOnlyList<ListState> ListsOf(IServiceProvider services) => process == ProcessNames.Desk
        ? services.GetRequiredService<ListSet>().Refresher.States : [];

    /// <summary>Puts it in force. The desk reads its lists again even where no setting changed.</summary>
    /// <returns>What cannot be read of it; the rest is in force.</returns>
    private async Task<IReadOnlyList<string>> ApplyAsync(
        IServiceProvider services, WeirConfiguration next, IReadOnlyList<string> changed)
    {
        if (process == ProcessNames.Desk)
        {
            var lists = next.Matching.ToLists(
                run.Places.FolderOf(ProcessNames.Desk), next.Cases.Dir, run.Time.GetUtcNow());
            return [.. services.GetRequiredService<ListSet>().Follow(lists).Select(fault => fault.Message)];
        }

        if (process == ProcessNames.Collector && changed.Count > 0)
        {
            await services.GetRequiredService<PipelineReload>()
                .ApplyAsync(next.Decoding.Exporters, next.Collecting.Exporters, next.Detecting);
        }

        return [];
    }

    private ReloadResult Result(ReloadOutcome outcome) => State.Latest with
    {
        Outcome = outcome, Changed = [], AtNextStart = [], Reasons = [], Lists = [],
    };
}

/// <summary>Event ids 9040 to 9044.</summary>
internal static partial class ReloadLog
{
    /// <summary>Says what came of a reload.</summary>
    public static void Write(this ILogger log, string process, ReloadResult result)
    {
        foreach (var reason in result.Reasons)
        {
            log.ReloadFault(process, reason);
        }

        if (result.Outcome == ReloadOutcome.Refused)
        {
            log.ReloadRefused(process);
            return;
        }

        log.Reloaded(process, result.Changed.Count == 0 ? "no setting" : string.Join(", ", result.Changed));
        if (result.AtNextStart.Count > 0)
        {
            var waiting = string.Join(", ", result.AtNextStart);
            log.ReloadWaits(process, waiting);
        }
    }

    [LoggerMessage(EventId = 9040, Level = LogLevel.Information,
        Message = "weir {Process} has read its configuration again; changed: {Changed}")]
    public static partial void Reloaded(this ILogger log, string process, string changed);

    [LoggerMessage(EventId = 9041, Level = LogLevel.Warning,
        Message = "weir {Process} cannot change these while it runs, and takes them at its next start: {Settings}")]
    public static partial void ReloadWaits(this ILogger log, string process, string settings);

    [LoggerMessage(EventId = 9042, Level = LogLevel.Error, Message = "weir {Process}: {Reason}")]
    public static partial void ReloadFault(this ILogger log, string process, string reason);

    [LoggerMessage(EventId = 9043, Level = LogLevel.Error,
        Message = "weir {Process} refuses the configuration; what was in force stays in force, whole")]
    public static partial void ReloadRefused(this ILogger log, string process);
}
