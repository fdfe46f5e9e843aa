// SPDX-License-Identifier: Apache-2.0
//
// A list's octets, read forward once: what it is shows in the first part, and nothing of the rest is held. The unpacked
// whole is bounded, so that a small packed file cannot become a large one.
using System.Text;

namespace Weir.Desk.Lists.Feeds;

/// <summary>Unpacked octets of a list. Not for several threads.</summary>
internal sealed class FeedStream : Stream
{
    /// <summary>Octets of unpacked text a list may have; a million entries of STIX take about 700 MB.</summary>
    public const long MaxOctets = 1L << 30;

    private const int HeadOctets = 1 << 17;
    private const int BinaryLook = 4_096;

    private readonly string _path;
    private readonly Stream _from;
    private readonly byte[] _head = new byte[HeadOctets];
    private readonly int _start;
    private readonly int _end;
    private int _at;
    private long _total;

    public FeedStream(string path, Stream from)
    {
        (_path, _from) = (path, from);
        _end = from.ReadAtLeast(_head, HeadOctets, throwOnEndOfStream: false);
        _total = _end;
        _at = _start = _head.AsSpan(0, _end).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }

    /// <summary>No text has such octets.</summary>
    public bool IsBinary => _head.AsSpan(0, Math.Min(_end, BinaryLook)).Contains((byte)0);

    /// <summary>The first part as text; it may end within a character.</summary>
    public string Head => Encoding.UTF8.GetString(_head.AsSpan(_start.._end));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Of a text in memory.</summary>
    public static FeedStream Of(string text) => new("text", new MemoryStream(Encoding.UTF8.GetBytes(text)));

    /// <exception cref="FeedException">It is larger than a list may be.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_at < _end)
        {
            var count = Math.Min(buffer.Length, _end - _at);
            _head.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        var read = _from.Read(buffer);
        _total += read;
        return _total <= MaxOctets ? read : throw FeedFile.Cannot(_path, "is larger than 1 GiB unpacked");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
