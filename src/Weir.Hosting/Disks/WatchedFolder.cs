// SPDX-License-Identifier: Apache-2.0
//
// One folder of a process, tried by a small file without a name that is written and synced. A frozen file system, or
// one whose server is away, answers to nothing: the try then stands, on a thread of its own, and that it stands is what
// is told.
using System.Globalization;
using Weir.Hosting.Health;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Disks;

/// <summary>A folder and how its disk is. One try at a time; safe to ask from any thread.</summary>
/// <param name="path">The folder.</param>
/// <param name="time">For how long a try takes.</param>
/// <param name="isRemade">Whether its user makes it anew where it was removed.</param>
public sealed class WatchedFolder(string path, TimeProvider time, bool isRemade = false)
{
    /// <summary>A disk that answers later than this stands.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    private const string ProbeName = ".weir-disk";

    private readonly Lock _gate = new();
    private ulong _inode;
    private long? _trying;
    private string _fault = "";
    private TimeSpan _took;
    private DiskRoom? _room;

    public string Path => path;

    /// <summary>How long the latest try took, or takes already.</summary>
    public TimeSpan Took
    {
        get
        {
            lock (_gate)
            {
                return _trying is { } since && time.GetElapsedTime(since) is var so && so > _took ? so : _took;
            }
        }
    }

    /// <summary>What is left, at the latest try; null before it.</summary>
    public DiskRoom? Room
    {
        get
        {
            lock (_gate)
            {
                return _room;
            }
        }
    }

    /// <summary>A try has not been answered for longer than <see cref="Slow"/>.</summary>
    public bool IsStanding
    {
        get
        {
            lock (_gate)
            {
                return _trying is { } since && time.GetElapsedTime(since) > Slow;
            }
        }
    }

    /// <summary>Why it cannot be written; empty where it can.</summary>
    public string Fault
    {
        get
        {
            lock (_gate)
            {
                return _trying is { } since && time.GetElapsedTime(since) is var so && so > Slow
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"the disk of {path} has not answered for {so.TotalSeconds:0} s: it is frozen, or its device or server is away; see dmesg")
                    : _fault;
            }
        }
    }

    /// <summary>Tries, unless the try before still stands. For a thread that may wait for ever.</summary>
    public void Try()
    {
        lock (_gate)
        {
            if (_trying is not null)
            {
                return;
            }

            _trying = time.GetTimestamp();
        }

        var (fault, room) = Probe();
        lock (_gate)
        {
            _took = time.GetElapsedTime(_trying.Value);
            (_trying, _fault, _room) = (null, fault, room);
        }
    }

    /// <summary>A file that nobody who reads the folder meets; by a name for a moment where there is no other way.
    /// </summary>
    private FileStream Open()
    {
        if (NamelessFile.TryCreate(path) is { } nameless)
        {
            return nameless;
        }

        var file = System.IO.Path.Combine(path, ProbeName);
        var named = new FileStream(
            file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        File.Delete(file);
        return named;
    }

    private (string Fault, DiskRoom? Room) Probe()
    {
        try
        {
            var room = DiskRoom.Of(path);
            var inode = PathOwner.InodeOf(path);
            if (_inode != 0 && inode != _inode && !isRemade)
            {
                return ($"{path} is another folder than the one that was opened: what is written goes to the old one "
                    + "and is lost at a restart; restart this process, and restore what was in it", room);
            }

            using (var probe = Open())
            {
                probe.WriteByte(1);
                probe.Flush(flushToDisk: true);
            }

            _inode = inode;
            return ("", room);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return (DiskFault.Describe(path, refused), null);
        }
    }
}
