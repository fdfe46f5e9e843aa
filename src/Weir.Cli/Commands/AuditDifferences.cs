// SPDX-License-Identifier: Apache-2.0
//
// What loads of lists changed stands in files beside the desk's log, and in the log by their digests: whether the two are
// still one. A file that is kept no longer is no fault, nor is one that a kill left before the log had its entry.
using System.Globalization;
using Weir.Desk.Lists;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Cli.Commands;

/// <summary>Holds the files of what loads of lists changed against the log.</summary>
internal static class AuditDifferences
{
    /// <param name="directory">The desk's log.</param>
    /// <param name="folder">The files.</param>
    /// <param name="output">Takes each fault, and a line of figures.</param>
    /// <returns>0 where each file is what the log names, 1 otherwise.</returns>
    /// <exception cref="IOException">The folder cannot be read; so may <see cref="UnauthorizedAccessException"/> say.
    /// </exception>
    public static int Hold(string directory, string folder, TextWriter output)
    {
        var named = AuditReader.Entries(directory)
            .Where(record => record.Entry is { Act: AuditActions.ListInForce, Difference.Length: > 0 })
            .Select(record => record.Entry.Difference).ToHashSet(StringComparer.Ordinal);
        var (held, unnamed, faults) = (0, 0, 0);
        foreach (var file in Directory.EnumerateFiles(folder, "*.txt").Order(StringComparer.Ordinal))
        {
            var digest = ListDifferences.DigestOf(File.ReadAllText(file));
            if (Path.GetFileNameWithoutExtension(file) != digest)
            {
                faults++;
                output.WriteLine($"broken: {file} was altered: it is {digest} now");
                continue;
            }

            (held, unnamed) = named.Contains(digest) ? (held + 1, unnamed) : (held, unnamed + 1);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(faults == 0 ? "differences hold" : "DIFFERENCES DO NOT HOLD")}: {held} files are what the log names, "
                + $"{named.Count - held} that it names are not there as they were (400 days are kept), {unnamed} it does "
                + $"not name, {faults} faults"));
        return faults == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
