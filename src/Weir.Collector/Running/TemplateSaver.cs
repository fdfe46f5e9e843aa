// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Collector.Decoding;

namespace Weir.Collector.Running;

/// <summary>Templates and rates across a restart of ours. Saved soon after an exporter has taught one, now and then and
/// at the stop: what came without its template waits in memory, and a kill would cost it. A file that cannot be
/// believed is left alone and said so.</summary>
internal sealed class TemplateSaver(Pipeline pipeline, string path, TimeProvider time, ILogger<TemplateSaver> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private readonly TemplateFile _file = new(path);

    /// <summary>Gives every lane what was saved: which lane an exporter will meet is the kernel's choice.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_file.TryLoad(out var saved, out var fault))
        {
            log.TemplatesNotKept(fault!);
        }
        else if (saved.Count > 0)
        {
            foreach (var lane in pipeline.Lanes)
            {
                lane.Decoder.Restore(saved, static _ => true);
            }

            log.TemplatesRestored(saved.Count, path);
        }

        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Save();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (version, savedAt) = (Version(), time.GetTimestamp());
        using var timer = new PeriodicTimer(Soon, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = Version();
            if (now != version || time.GetElapsedTime(savedAt) >= Period)
            {
                Save();
                (version, savedAt) = (now, time.GetTimestamp());
            }
        }
    }

    /// <summary>Saves what the lanes know; of an exporter that several know, what was heard last.</summary>
    private void Save()
    {
        try
        {
            _file.Save(pipeline.Lanes.SelectMany(lane => lane.Decoder.Snapshot())
                .GroupBy(exporter => exporter.Address).Select(one => one.MaxBy(Heard)!));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            log.TemplatesNotKept(fault.Message);
        }
    }

    private long Version() => pipeline.Lanes.Sum(lane => lane.Decoder.TemplateVersion);

    private static long Heard(SavedExporter exporter) =>
        exporter.Templates.Count == 0 ? 0 : exporter.Templates.Max(template => template.LearntAtMs);
}
