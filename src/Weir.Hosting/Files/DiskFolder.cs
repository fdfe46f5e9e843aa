// SPDX-License-Identifier: Apache-2.0
//
// A folder of the real disk: mode 0700 where it is made here, one process at a time.
using Microsoft.Win32.SafeHandles;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Files;

/// <summary>A folder on disk that this process alone writes.</summary>
public sealed class DiskFolder : IDurableFolder, IDisposable
{
    /// <summary>The file that says which process has a folder; it holds nothing.</summary>
    internal const string LockName = "lock";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private DiskFolder(string path, FileStream taken) => (Place, _lock) = (path, taken);

    /// <inheritdoc/>
    public string Place { get; }

    /// <summary>Makes the folder where it is missing, and takes it.</summary>
    /// <exception cref="IOException">It cannot be made or written, or another process has it; the message says the fix.
    /// </exception>
    public static DiskFolder Open(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
            return new(path, FileLock.Take(Path.Combine(path, LockName)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"the folder '{path}' cannot be used: {fault.Message}; stop the other process that has it, or give it "
                + $"to user {OsUsers.NameOf(OsUsers.Own)}",
                fault);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names()
    {
        var names = Directory.GetFiles(Place).Select(path => Path.GetFileName(path)).Where(name => name != LockName)
            .ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public IDurableFile OpenFile(string name) => new DiskFile(File.OpenHandle(
        PathOf(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    /// <inheritdoc/>
    public void Delete(string name) => File.Delete(PathOf(name));

    /// <inheritdoc/>
    public void Sync() => FolderSync.Flush(Place);

    /// <summary>Lets another process have the folder.</summary>
    public void Dispose() => _lock.Dispose();

    private string PathOf(string name) => Path.Combine(Place, name);

    private sealed class DiskFile(SafeFileHandle handle) : IDurableFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long at, Span<byte> into)
        {
            var total = 0;
            int read;
            while (total < into.Length && (read = RandomAccess.Read(handle, into[total..], at + total)) > 0)
            {
                total += read;
            }

            return total;
        }

        public void Write(long at, ReadOnlySpan<byte> octets) => RandomAccess.Write(handle, octets, at);

        public void Cut(long length) => RandomAccess.SetLength(handle, length);

        public void Sync() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}
