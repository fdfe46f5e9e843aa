// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Collector.Accounting;
using Weir.Collector.Detecting;
using Weir.Hosting.Sections;

namespace Weir.Collector.Running;

/// <summary>What the pipeline is told again and again: to judge, to write out digests and evidence, and which flows to
/// take.</summary>
internal sealed class PipelineRounds(
    Pipeline pipeline, Account account, ICollectorConfiguration settings, TimeProvider time,
    ILogger<PipelineRounds> log)
{
    private static readonly TimeSpan FlowsAhead = TimeSpan.FromHours(1);

    /// <summary>How long the lanes get to stand; where one is busy for longer, the next flush counts.</summary>
    private static readonly TimeSpan LanesStand = TimeSpan.FromMilliseconds(500);

    private readonly FlowWatermark _watermark = new(settings.Decoding.ActiveTimeout, time);
    private readonly LateFlowWatch _late = new(settings.Decoding.ActiveTimeout, time, log);

    /// <summary>Flows that are kept anyway for no time, or that a broken clock puts ahead, are not taken: each would
    /// make a day's partition and an epoch's key.</summary>
    public static FlowWindow Window(StoreOptions options, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return new FlowWindow(
            new DateTimeOffset(now.UtcDateTime.Date.AddDays(-options.RetentionDays), TimeSpan.Zero)
                .ToUnixTimeMilliseconds(),
            (now + FlowsAhead).ToUnixTimeMilliseconds());
    }

    /// <summary>Writes out what the shards hold and moves the window of flows that are taken.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        await account.ResumeWindowsAsync();
        var mark = _watermark.Next(pipeline.Read, pipeline.LastMs);
        await Task.Run(() => FlushAndCountAsync(mark, cancel), cancel).WaitAsync(cancel);
        pipeline.MoveWindow(Window(settings.Store, time));
    }

    /// <summary>Counts what was read when the flush was asked for, once it is durable, and tells what it decided.
    /// Where pairs were written out early meanwhile, segments hold more than was counted, and the next flush counts.
    /// </summary>
    private async Task FlushAndCountAsync(long mark, CancellationToken cancel)
    {
        Task flushed;
        SavedAccount? taken;
        long early;
        using (var stands = pipeline.Forwarded is { } others ? await others.StandAsync(LanesStand, cancel) : null)
        using (var halt = await pipeline.Barrier.HaltAsync(pipeline.Lanes.Count, LanesStand, cancel))
        {
            early = pipeline.Shards.Sum(shard => shard.EarlyFlushes);
            taken = halt is null || (pipeline.Forwarded is not null && stands is null) ? null : account.Take();
            flushed = pipeline.FlushAsync(mark, keepsWindows: true);
            taken = halt?.IsWhole == true ? taken : null;
        }

        await flushed;
        await account.CommitAsync(early == pipeline.Shards.Sum(shard => shard.EarlyFlushes) ? taken : null, cancel);
    }

    /// <summary>Lets the counters judge by our clock, whatever the digests' interval is.</summary>
    public async Task JudgeAsync(CancellationToken cancel)
    {
        await Task.Run(pipeline.JudgeAsync, cancel).WaitAsync(cancel);
        _late.Compare(pipeline.Shards.Aggregate(default(DetectingCounts), (sum, shard) => sum + shard.Detected));
    }

    /// <summary>Writes out evidence often, so that who works on a case does not wait for it.</summary>
    public async Task FlushEvidenceAsync(CancellationToken cancel)
    {
        var mark = (time.GetUtcNow() - settings.Decoding.ActiveTimeout).ToUnixTimeMilliseconds();
        await Task.Run(() => pipeline.FlushEvidenceAsync(mark), cancel).WaitAsync(cancel);
    }
}
