// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Collector.Detecting;
using Weir.Hosting.Sections;

namespace Weir.Collector.Running;

/// <summary>What the pipeline is told again and again: to judge, to write out digests and evidence, and which flows to
/// take.</summary>
internal sealed class PipelineRounds(
    Pipeline pipeline, ICollectorConfiguration settings, TimeProvider time, ILogger<PipelineRounds> log)
{
    private static readonly TimeSpan FlowsAhead = TimeSpan.FromHours(1);

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
        var mark = _watermark.Next(pipeline.Lanes.Sum(lane => lane.Read), pipeline.Lanes.Max(lane => lane.LastMs));
        await Task.Run(() => pipeline.FlushAsync(mark), cancel).WaitAsync(cancel);
        foreach (var lane in pipeline.Lanes)
        {
            lane.Window = Window(settings.Store, time);
        }
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
