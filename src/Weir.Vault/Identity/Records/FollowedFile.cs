// SPDX-License-Identifier: Apache-2.0
//
// A file that another program writes. It is looked at again and again: new whole lines are taken; where another file
// has come under the name (rotation, a lease file cleaned up), the old one is first read to its end, then the new one
// from its beginning; where the file has become shorter, it is read again. How far it was read is kept with what was
// read.
using System.Runtime.InteropServices;
using System.Text;
using Weir.Hosting.Posix;

namespace Weir.Vault.Identity.Records;

/// <summary>Follows one file.</summary>
internal sealed class FollowedFile(string path, ITextLineHandler taker, TimeProvider time) : IDisposable
{
    private const int LongestLine = 1 << 20;

    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly List<byte> _line = [];
    private FileStream? _file;
    private bool _skipping;
    private long _lookedAtMs = long.MinValue;

    public string Path => path;

    public long Inode { get; private set; }

    /// <summary>Octets of whole lines taken.</summary>
    public long Taken { get; private set; }

    /// <summary>Lines longer than any record, left out.</summary>
    public long LinesTooLong { get; private set; }

    /// <summary>Goes on where an earlier run ended, if it is still the same file.</summary>
    public void Resume(long inode, long octets)
    {
        if (taker.SpansLines || octets == 0 || (long)PathOwner.InodeOf(path) != inode
            || new FileInfo(path).Length < octets)
        {
            return;
        }

        Open(inode);
        if (taker.HasHeader)
        {
            TakeHeader();
        }

        _file!.Position = octets;
        Taken = octets;
    }

    /// <summary>Takes what came since the last look; how many lines.</summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public int Poll()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var lines = _file is null ? 0 : Read(now);
        var inode = (long)PathOwner.InodeOf(path);
        if (inode == 0)
        {
            throw new FileNotFoundException($"{path} is not there");
        }

        if (_file is null || inode != Inode || new FileInfo(path).Length < Taken)
        {
            // What was still written to the old file while its name was being taken away.
            lines += _file is not null && inode != Inode ? Read(now) : 0;
            Open(inode);
            lines += Read(now);
        }

        _lookedAtMs = now;
        return lines;
    }

    public void Dispose() => _file?.Dispose();

    private void Open(long inode)
    {
        _file?.Dispose();
        _file = new FileStream(
            path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        _line.Clear();
        _skipping = false;
        (Inode, Taken) = (inode, 0);
        taker.Begin();
    }

    private int Read(long now)
    {
        var lines = 0;
        int octets;
        while ((octets = _file!.Read(_buffer)) > 0)
        {
            var rest = _buffer.AsSpan(0, octets);
            int end;
            while ((end = rest.IndexOf((byte)'\n')) >= 0)
            {
                AppendPart(rest[..end]);
                Taken += _line.Count + 1;
                TakeLine(now);
                lines++;
                rest = rest[(end + 1)..];
            }

            AppendPart(rest);
        }

        return lines;
    }

    private void AppendPart(ReadOnlySpan<byte> part)
    {
        if (_line.Count + part.Length > LongestLine)
        {
            Taken += _line.Count;
            _line.Clear();
            LinesTooLong += _skipping ? 0 : 1;
            _skipping = true;
        }

        _line.AddRange(part);
    }

    private void TakeLine(long now)
    {
        if (!_skipping)
        {
            taker.HandleLine(Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_line)).TrimEnd('\r'), now, _lookedAtMs);
        }

        _line.Clear();
        _skipping = false;
    }

    private void TakeHeader()
    {
        int octet;
        while ((octet = _file!.ReadByte()) is not (-1 or '\n') && _line.Count < LongestLine)
        {
            _line.Add((byte)octet);
        }

        TakeLine(0);
    }
}
