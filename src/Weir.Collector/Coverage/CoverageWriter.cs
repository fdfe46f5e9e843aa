// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Weir.Collector.Decoding;
using Weir.Collector.Running;
using Weir.Contracts.Segments;
using Weir.Hosting.Running;
using Weir.Hosting.Spooling;
using Weir.Wire;

namespace Weir.Collector.Coverage;

/// <summary>Writes a row for each exporter and minute beside the segments: once, and durable. The rest of the last
/// minute is written at the stop. What was heard and never reached the collector that owns its network is written as
/// lost in the minute in which it was heard.</summary>
internal sealed class CoverageWriter(Pipeline pipeline, Spool spool, ProcessFailure failure, TimeProvider time)
    : BackgroundService
{
    private const long MinuteMs = 60_000;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly CoverageLedger _ledger = new();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(CancellationToken.None);
        if (!cancellationToken.IsCancellationRequested)
        {
            Write(Minute());
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var minute = Minute();
        using var timer = new PeriodicTimer(Pace, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Minute() is var now && now != minute)
            {
                Write(minute);
                minute = now;
            }
        }
    }

    private IEnumerable<(uint MinuteSeconds, IpKey Exporter, long Flows)> Losses() =>
        from queue in pipeline.Forwarding?.Others ?? []
        from lost in queue.TakeLosses()
        select (lost.MinuteSeconds, pipeline.SourceOf(lost.Exporter).Exporter, lost.Flows);

    private long Minute() => time.GetUtcNow().ToUnixTimeMilliseconds() / MinuteMs;

    private void Write(long minute)
    {
        ExporterListing[] heard = [.. pipeline.Exporters()];
        CoverageRow[] rows =
        [
            .. _ledger.Close((uint)(minute * 60), heard), .. CoverageLedger.Lost(Losses(), heard),
        ];
        try
        {
            spool.Write((ReadOnlySpan<CoverageRow>)rows);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            failure.Report("the spool", fault);
        }
    }
}
