// SPDX-License-Identifier: Apache-2.0
//
// How many flows stand in segments that are held and are in no durable count yet. A line is durable before its segment
// is held: after a kill, the line of a segment that still lies in tmp counts nothing, every other one does, whether or
// not the store has taken it meanwhile.
//
// Lines: "COUNT NAME FLOWS", where COUNT is the number of the last durable count. And "told NUMBER NAME UPTO": of the
// sightings that were written down to be told under a number, those before UPTO are held with this segment.
using System.Globalization;
using System.Text;
using Weir.Hosting.Files;

namespace Weir.Hosting.Spooling;

/// <summary>The journal of flows in segments. Used by the spool alone, one thread at a time.</summary>
public sealed class SpooledFlows
{
    private const string ToldWord = "told";

    private readonly string _path;
    private readonly Dictionary<string, (long Count, long Flows)> _left = new(StringComparer.Ordinal);
    private (long Number, int UpTo, string Line) _told = (0, 0, "");

    /// <exception cref="IOException">It cannot be read or written.</exception>
    internal SpooledFlows(string path, string temporary)
    {
        _path = path;
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            // A torn last line is of a segment that was not held.
            var words = line.Split(' ');
            if (words is [ToldWord, var telling, var segment, var until]
                && !File.Exists(Path.Combine(temporary, segment))
                && long.TryParse(telling, NumberStyles.None, CultureInfo.InvariantCulture, out var told)
                && int.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var upTo))
            {
                _told = (told, upTo, line + '\n');
            }
            else if (words is [var count, var name, var flows] && !File.Exists(Path.Combine(temporary, name))
                && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && long.TryParse(flows, NumberStyles.None, CultureInfo.InvariantCulture, out var held))
            {
                // One that was refused half way was written again.
                _left[name] = (number, held);
            }
        }

        AtomicFile.Write(
            path, string.Concat(_left.Select(one => LineOf(one.Value.Count, one.Key, one.Value.Flows))) + _told.Line);
    }

    /// <summary>The last durable count; segments that are held now are beyond it.</summary>
    public long Count { get; private set; }

    /// <summary>Flows that an earlier run held beyond a count of its own.</summary>
    public long HeldBeyond(long count) => _left.Values.Where(line => line.Count == count).Sum(line => line.Flows);

    /// <summary>Under which number sightings were held last; 0 = under none.</summary>
    public long Telling => _told.Number;

    /// <summary>How many of the sightings that are told under a number are held, from the first on.</summary>
    public int ToldOf(long telling) => _told.Number == telling ? _told.UpTo : 0;

    /// <summary>A count is durable: what was held before is in it. What is told of sightings stays.</summary>
    internal void Begin(long count)
    {
        Count = count;
        AtomicFile.Write(_path, _told.Line);
    }

    /// <summary>A segment of sightings is about to be held.</summary>
    internal void AddTold(string name, long telling, int upTo, bool isDurable) =>
        Append(LineOf(name, telling, upTo), isDurable);

    /// <summary>It is held.</summary>
    internal void SetTold(string name, long telling, int upTo) => _told = (telling, upTo, LineOf(name, telling, upTo));

    /// <summary>A segment is about to be held.</summary>
    internal void Add(string name, long flows, bool isDurable) =>
        Append(LineOf(Count, name, flows), isDurable);

    private static string LineOf(long count, string name, long flows) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {name} {flows}\n");

    private static string LineOf(string name, long telling, int upTo) =>
        string.Create(CultureInfo.InvariantCulture, $"{ToldWord} {telling} {name} {upTo}\n");

    private void Append(string line, bool isDurable)
    {
        using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(Encoding.ASCII.GetBytes('\n' + line)); // what stands before it may be torn
        file.Flush(flushToDisk: isDurable);
    }
}
