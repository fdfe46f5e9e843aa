// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Hosting.Disks;

/// <summary>A process's folders in numbers.</summary>
public sealed class DiskMetrics
{
    /// <param name="meters">Where the numbers go.</param>
    /// <param name="folders">The folders.</param>
    public DiskMetrics(IMeterFactory meters, Func<IReadOnlyList<WatchedFolder>> folders)
    {
        var meter = meters.Create("Weir.Disks");
        meter.CreateObservableGauge(
            "weir.disk.free", () => Each(folders(), folder => folder.Room?.FreeOctets), "By",
            "Octets left for this process where it writes.");
        meter.CreateObservableGauge(
            "weir.disk.free_files", () => Each(folders(), folder => folder.Room?.FreeFiles), "{file}",
            "Files that can still be made there; absent where the file system has no such bound.");
        meter.CreateObservableGauge(
            "weir.disk.answer", () => folders().Select(folder =>
                new Measurement<double>(folder.Took.TotalSeconds, Label(folder))), "s",
            "How long a small file takes to be written and synced, or takes already.");
    }

    private static IEnumerable<Measurement<long>> Each(
        IReadOnlyList<WatchedFolder> folders, Func<WatchedFolder, long?> read) =>
        from folder in folders
        let value = read(folder)
        where value is not null
        select new Measurement<long>(value.Value, Label(folder));

    private static KeyValuePair<string, object?> Label(WatchedFolder folder) => new("folder", folder.Path);
}
