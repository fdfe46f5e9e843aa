// SPDX-License-Identifier: Apache-2.0
//
// A list's octets, read forward once: what it is shows in the first part, and nothing of the rest is held. The unpacked
// whole is bounded, so that a small packed file cannot become a large one. Text is UTF-8; what is written in UTF-16 or
// UTF-32, as programs of Windows do, is turned into it.
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

    private FeedStream(string path, Stream from)
    {
        (_path, _from) = (path, from);
        _end = from.ReadAtLeast(_head, HeadOctets, throwOnEndOfStream: false);
        _total = _end;
        _at = _start = _head.AsSpan(0, _end).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
    }

    /// <summary>Opens what a file holds, whatever of Unicode's forms it is in.</summary>
    public static FeedStream Open(string path, Stream from)
    {
        var raw = new FeedStream(path, from);
        return FormOf(raw._head.AsSpan(0, raw._end)) is { } form
            ? new FeedStream(path, Encoding.CreateTranscodingStream(raw, form, Encoding.UTF8))
            : raw;
    }

    /// <summary>By its mark of byte order; null for UTF-8. UTF-16 without a mark shows in that every other octet of
    /// its beginning is 0, which no other text has.</summary>
    private static Encoding? FormOf(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xFE, 0, 0, ..] => Encoding.UTF32,
        [0, 0, 0xFE, 0xFF, ..] => new UTF32Encoding(bigEndian: true, byteOrderMark: true),
        [0xFF, 0xFE, ..] => Encoding.Unicode,
        [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode,
        [not 0, 0, not 0, 0, not 0, 0, not 0, 0, ..] => Encoding.Unicode,
        [0, not 0, 0, not 0, 0, not 0, 0, not 0, ..] => Encoding.BigEndianUnicode,
        _ => null,
    };

    /// <summary>No text has such octets.</summary>
    public bool IsBinary => _head.AsSpan(0, Math.Min(_end, BinaryLook)).Contains((byte)0);

    /// <summary>What it is where it is something known that is no list; empty for nothing.</summary>
    public string Packing => _head.AsSpan(0, Math.Min(_end, 8)) switch
    {
        [(byte)'P', (byte)'K', 3, 4, ..] => "zip",
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, ..] => "bzip2",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
        [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => "7z",
        _ => "",
    };

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
