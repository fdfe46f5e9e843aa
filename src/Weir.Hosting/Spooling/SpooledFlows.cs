// SPDX-License-Identifier: Apache-2.0
//
// How many flows stand in segments that are held and are in no durable count yet. A line is durable before its segment
// is held: after a kill, the line of a segment that still lies in tmp counts nothing, every other one does, whether or
// not the store has taken it meanwhile.
//
// Lines: "COUNT NAME FLOWS", where COUNT is the number of the last durable count.
using System.Globalization;
using System.Text;
using Weir.Hosting.Files;

namespace Weir.Hosting.Spooling;

/// <summary>The journal of flows in segments. Used by the spool alone, one thread at a time.</summary>
public sealed class SpooledFlows
{
    private readonly string _path;
    private readonly List<(long Count, long Flows)> _left = [];

    /// <exception cref="IOException">It cannot be read or written.</exception>
    internal SpooledFlows(string path, string temporary)
    {
        _path = path;
        List<string> kept = [];
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            // A torn last line is of a segment that was not held.
            if (line.Split(' ') is [var count, var name, var flows] && !File.Exists(Path.Combine(temporary, name))
                && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && long.TryParse(flows, NumberStyles.None, CultureInfo.InvariantCulture, out var held))
            {
                _left.Add((number, held));
                kept.Add(line + '\n');
            }
        }

        AtomicFile.Write(path, string.Concat(kept));
    }

    /// <summary>The last durable count; segments that are held now are beyond it.</summary>
    public long Count { get; private set; }

    /// <summary>Flows that an earlier run held beyond a count of its own.</summary>
    public long HeldBeyond(long count) => _left.Where(line => line.Count == count).Sum(line => line.Flows);

    /// <summary>A count is durable: what was held before is in it.</summary>
    internal void Begin(long count)
    {
        Count = count;
        using var file = new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>A segment is about to be held.</summary>
    internal void Add(string name, long flows, bool isDurable)
    {
        using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{Count} {name} {flows}\n")));
        file.Flush(flushToDisk: isDurable);
    }
}
