// SPDX-License-Identifier: Apache-2.0
//
// The spool's three folders and its lock. A file is written in tmp, fsynced, renamed into ready, and the folder is
// fsynced: then, and only then, a segment is held. What lies in tmp at a start was never held and is removed.
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Segments;
using Weir.Hosting.Posix;
using Weir.Wire.Native;

namespace Weir.Hosting.Spooling;

/// <summary>Folders of one spool, held by one process at a time.</summary>
public sealed class SpoolFolder : IDisposable
{
    private const string Ending = ".seg";

    private readonly string _root;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, long> _held = new(StringComparer.Ordinal);
    private FileStream? _lock;
    private long _rowsLost;

    /// <exception cref="StoreException">The folder cannot be written, or another process holds it.</exception>
    public SpoolFolder(string directory, ILogger log)
    {
        (_root, _log) = (Path.GetFullPath(Path.Combine(directory, "spool")), log);
        (Temporary, Ready, Bad) =
            (Path.Combine(_root, "tmp"), Path.Combine(_root, "ready"), Path.Combine(_root, "bad"));
        try
        {
            Make();
            Flows = new SpooledFlows(Path.Combine(_root, "flows"), Temporary);
            foreach (var left in Directory.EnumerateFiles(Temporary))
            {
                File.Delete(left);
            }

            foreach (var path in Waiting())
            {
                _held[Path.GetFileName(path)] = RowsOf(path);
            }

            Start = NextStart(StartFile);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _lock?.Dispose();
            throw new StoreException(0, $"the spool '{_root}' cannot be used: {fault.Message}", retryable: false,
                fault);
        }

        Epoch = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) << 24;
    }

    public string Temporary { get; }

    public string Ready { get; }

    public string Bad { get; }

    /// <summary>How often this spool was opened: kept on disk, so that names sort by age whatever
    /// the clock does.</summary>
    public uint Start { get; }

    /// <summary>Upper 40 bits of this start's segment numbers, drawn anew at each start: a spool restored from a
    /// backup, or another collector's, never uses a number again.</summary>
    public ulong Epoch { get; }

    public string NameOf(uint counter, ulong segment) =>
        string.Create(CultureInfo.InvariantCulture, $"{Start:D8}-{counter:D8}-{segment:x16}{Ending}");

    /// <summary>True where this start wrote the file of that name.</summary>
    public bool IsOurs(string name) =>
        name.StartsWith(Start.ToString("D8", CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Names of the segments that wait, oldest first.</summary>
    public string[] Waiting()
    {
        var names = Directory.GetFiles(Ready, "*" + Ending);
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>Flows in the segments of pairs that are held since the last count was written down.</summary>
    public SpooledFlows Flows { get; }

    /// <summary>Rows of segments that somebody removed while they waited.</summary>
    public long RowsLost => Interlocked.Read(ref _rowsLost);

    /// <summary>Makes a finished file a held segment; durable when the folder is flushed.</summary>
    public void Hold(string name, long rows)
    {
        File.Move(Path.Combine(Temporary, name), Path.Combine(Ready, name));
        _held[name] = rows;
    }

    /// <summary>The store has a segment: it goes.</summary>
    public void Release(string path)
    {
        File.Delete(path);
        _ = _held.TryRemove(Path.GetFileName(path), out _);
    }

    /// <summary>Makes the folders anew where they were removed while in use, and says what went with them.</summary>
    /// <exception cref="IOException">They cannot be made; so may <see cref="UnauthorizedAccessException"/> say.
    /// </exception>
    public void Restore()
    {
        if (_lock is not null && Directory.Exists(Ready) && Directory.Exists(Temporary) && Directory.Exists(Bad))
        {
            return;
        }

        // Where the folder that was given is gone with the one above, somebody is at work there: nothing is made.
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(_root))))
        {
            throw new DirectoryNotFoundException($"'{_root}' is not there");
        }

        // Until all is made anew the folder is nobody's, and the next try begins here again.
        _lock?.Dispose();
        _lock = null;
        Make();
        WriteStart(StartFile, Start);
        var gone = _held.Where(held => !File.Exists(Path.Combine(Ready, held.Key))).ToList();
        gone.ForEach(held => _held.TryRemove(held.Key, out _));
        var rows = gone.Sum(held => held.Value);
        Interlocked.Add(ref _rowsLost, rows);
        _log.SpoolLost(_root, gone.Count, rows);
    }

    /// <summary>Segments that wait, and their octets; nothing where the folder cannot be read, which the next segment
    /// says.</summary>
    public (int Segments, long Octets) Measure()
    {
        try
        {
            var waiting = new DirectoryInfo(Ready).GetFiles();
            return (waiting.Length, waiting.Sum(file => file.Exists ? file.Length : 0));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (0, 0);
        }
    }

    /// <summary>Rows of a segment by its head; 0 where that cannot be read.</summary>
    public static long RowsOf(string path)
    {
        Span<byte> head = stackalloc byte[SegmentHeader.Length];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && SegmentHeader.TryRead(head, out _) is { } header ? header.Rows : 0;
    }

    /// <summary>Removes what is half written, where it can be removed; the next start removes the rest.</summary>
    internal static void Remove(string path)
    {
        try
        {
            if (path.Length > 0)
            {
                File.Delete(path);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return; // the fault that is being told is this one's cause
        }
    }

    public void SetAside(string path)
    {
        _ = _held.TryRemove(Path.GetFileName(path), out _);
        File.Move(path, Path.Combine(Bad, Path.GetFileName(path)), overwrite: true);
        FolderSync.Flush(Bad);
        FolderSync.Flush(Ready);
    }

    public void Dispose() => _lock?.Dispose();

    private string StartFile => Path.Combine(_root, "start");

    private void Make()
    {
        Array.ForEach([Temporary, Ready, Bad], folder => Directory.CreateDirectory(folder));
        // Held open to read: a file system with no file open to write can be made read-only under us.
        _lock = FileLock.Take(Path.Combine(_root, "lock"), FileAccess.Read);
    }

    private static uint NextStart(string file)
    {
        var known = File.Exists(file) && uint.TryParse(
            File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last
            : 0;
        WriteStart(file, known + 1);
        return known + 1;
    }

    private static void WriteStart(string file, uint start)
    {
        var next = file + ".next";
        using (var stream = File.Create(next))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(start.ToString(CultureInfo.InvariantCulture)));
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, file, overwrite: true);
        FolderSync.Flush(Path.GetDirectoryName(file)!);
    }
}
