// SPDX-License-Identifier: Apache-2.0
//
// The spool's three folders and its lock. A file is written in tmp, fsynced, renamed into ready, and the folder is
// fsynced: then, and only then, a segment is held. What lies in tmp at a start was never held and is removed.
using System.Globalization;
using System.Security.Cryptography;
using Weir.Hosting.Posix;
using Weir.Wire.Native;

namespace Weir.Hosting.Spooling;

/// <summary>Folders of one spool, held by one process at a time.</summary>
public sealed class SpoolFolder : IDisposable
{
    private const string Ending = ".seg";

    private readonly FileStream _lock;

    /// <exception cref="StoreException">The folder cannot be written, or another process holds it.</exception>
    public SpoolFolder(string directory)
    {
        var root = Path.Combine(directory, "spool");
        (Temporary, Ready, Bad) = (Path.Combine(root, "tmp"), Path.Combine(root, "ready"), Path.Combine(root, "bad"));
        try
        {
            Array.ForEach([Temporary, Ready, Bad], folder => Directory.CreateDirectory(folder));
            _lock = new FileStream(
                Path.Combine(root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            foreach (var left in Directory.EnumerateFiles(Temporary))
            {
                File.Delete(left);
            }

            Start = NextStart(Path.Combine(root, "start"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _lock?.Dispose();
            throw new StoreException(0, $"the spool '{root}' cannot be used: {fault.Message}", retryable: false, fault);
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

    /// <summary>Makes a finished file a held segment.</summary>
    public void Hold(string name, bool durable = true)
    {
        File.Move(Path.Combine(Temporary, name), Path.Combine(Ready, name));
        if (durable)
        {
            FolderSync.Flush(Ready);
        }
    }

    public void SetAside(string path)
    {
        File.Move(path, Path.Combine(Bad, Path.GetFileName(path)), overwrite: true);
        FolderSync.Flush(Bad);
        FolderSync.Flush(Ready);
    }

    public void Dispose() => _lock.Dispose();

    private static uint NextStart(string file)
    {
        var known = File.Exists(file) && uint.TryParse(
            File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last
            : 0;
        var next = file + ".next";
        using (var stream = File.Create(next))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes((known + 1).ToString(CultureInfo.InvariantCulture)));
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, file, overwrite: true);
        FolderSync.Flush(Path.GetDirectoryName(file)!);
        return known + 1;
    }
}
