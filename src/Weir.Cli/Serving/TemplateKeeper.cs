// SPDX-License-Identifier: Apache-2.0
using Weir.Collector;
using Weir.Collector.Decoding;

namespace Weir.Cli.Serving;

/// <summary>Templates and rates across a restart of ours. Saved now and then and at the stop; a file that cannot be
/// believed is left alone and said so.</summary>
internal sealed class TemplateKeeper(string path, ILogger<TemplateKeeper> log)
{
    private readonly TemplateFile _file = new(path);
    private readonly Lock _one = new();

    /// <summary>Gives every lane what was saved: which lane an exporter will meet is the kernel's choice.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    public void Restore(IEnumerable<Lane> lanes)
    {
        if (!_file.TryLoad(out var saved, out var fault))
        {
            log.TemplatesRefused(fault!);
            return;
        }

        foreach (var lane in lanes)
        {
            lane.Decoder.Restore(saved, static _ => true);
        }

        if (saved.Count > 0)
        {
            log.Restored(saved.Count, path);
        }
    }

    /// <summary>Saves what the lanes know; of an exporter that several know, what was heard last.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the old file stays.</exception>
    public void Save(IEnumerable<Lane> lanes)
    {
        var known = lanes.SelectMany(lane => lane.Decoder.Snapshot())
            .GroupBy(exporter => exporter.Address).Select(one => one.MaxBy(Heard)!);
        lock (_one)
        {
            _file.Save(known);
        }
    }

    private static long Heard(SavedExporter exporter) =>
        exporter.Templates.Count == 0 ? 0 : exporter.Templates.Max(t => t.LearntAtMs);
}
