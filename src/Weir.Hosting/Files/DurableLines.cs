// SPDX-License-Identifier: Apache-2.0
//
// A file that only grows, line by line. A line is durable before its caller goes on; one without its end, or that the
// disk refused, was never told to anybody: it is not read, and goes with the next that is appended.
using System.Text;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Files;

/// <summary>Lines of UTF-8 in a file that its owner alone may read. For one thread at a time.</summary>
internal sealed class DurableLines
{
    private readonly string _path;

    /// <summary>Octets up to the end of the last line that was told.</summary>
    private long _length;

    private DurableLines(string path, long length) => (_path, _length) = (path, length);

    /// <summary>Reads what is kept; a file that is not there is made with its first line.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (DurableLines File, string[] Kept) Open(string path)
    {
        var octets = KeyFile.ReadIfAny(path) ?? [];
        var length = octets.AsSpan().LastIndexOf((byte)'\n') + 1;
        return (new(path, length), Encoding.UTF8.GetString(octets, 0, length).Split('\n')[..^1]);
    }

    /// <summary>Adds a line; durable when it returns. Where the disk refuses it, nothing of it stays.</summary>
    /// <param name="line">Without a line's end in it.</param>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/> say.</exception>
    public void Append(string line)
    {
        using var file = new FileStream(_path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = KeyFile.OwnerOnly, BufferSize = 0,
        });
        if (file.Length > _length)
        {
            file.SetLength(_length);
        }

        try
        {
            _ = file.Seek(0, SeekOrigin.End);
            file.Write(Encoding.UTF8.GetBytes(line + '\n'));
            file.Flush(flushToDisk: true);
            if (_length == 0)
            {
                SyncFolder();
            }
        }
        catch (IOException)
        {
            file.SetLength(_length);
            throw;
        }

        _length = file.Length;
    }

    /// <summary>Puts other lines in the place of all; durable when it returns.</summary>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/> say.</exception>
    public void Replace(IEnumerable<string> lines)
    {
        AtomicFile.Write(_path, string.Concat(lines.Select(line => line + '\n')));
        _length = new FileInfo(_path).Length;
        SyncFolder();
    }

    private void SyncFolder() => FolderSync.Flush(Path.GetDirectoryName(Path.GetFullPath(_path))!);
}
