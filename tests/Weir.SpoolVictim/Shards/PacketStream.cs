// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using Weir.Wire.Native;

namespace Weir.SpoolVictim.Shards;

/// <summary>Numbers (LEB128), texts and blocks of the native protocol; what is written leaves by
/// <see cref="FlushAsync"/>.</summary>
internal sealed class PacketStream(Stream stream) : IDisposable
{
    private readonly BufferedStream _in = new(stream, 1 << 16);
    private readonly ArrayBufferWriter<byte> _out = new();
    private readonly byte[] _one = new byte[1];

    public void Dispose() => _in.Dispose();

    public async Task<int> OctetAsync()
    {
        await _in.ReadExactlyAsync(_one);
        return _one[0];
    }

    public async Task<int> NumberAsync()
    {
        var value = 0L;
        for (var shift = 0; ; shift += 7)
        {
            var octet = await OctetAsync();
            value |= (long)(octet & 0x7F) << shift;
            if (octet < 0x80)
            {
                return checked((int)value);
            }
        }
    }

    public async Task<string> TextAsync()
    {
        var octets = new byte[await NumberAsync()];
        await _in.ReadExactlyAsync(octets);
        return Encoding.UTF8.GetString(octets);
    }

    /// <summary>A statement. Its literals may hold octets that are no text (the initiator works out constants): what is
    /// not ASCII is escaped, as literals and names may be.</summary>
    public async Task<string> StatementAsync()
    {
        var octets = new byte[await NumberAsync()];
        await _in.ReadExactlyAsync(octets);
        return string.Concat(octets.Select(octet => octet < 0x80 ? $"{(char)octet}" : $"\\x{octet:X2}"));
    }

    public async Task SkipBlockInfoAsync()
    {
        while (await NumberAsync() is not 0 and var field)
        {
            await _in.ReadExactlyAsync(new byte[field == 1 ? 1 : 4]);
        }
    }

    /// <summary>A block as it stands behind its information, with its octets.</summary>
    public async Task<(NativeBlock Block, byte[] Octets)> BlockAsync() =>
        await BlockAsync(_in) ?? throw new EndOfStreamException();

    /// <summary>The next block of a stream, read octet by octet, so that nothing behind it is lost; with its octets, to
    /// be given on as they came: a String may hold what is no text.</summary>
    /// <returns>Null at the end.</returns>
    public static async Task<(NativeBlock Block, byte[] Octets)?> BlockAsync(Stream from)
    {
        var sparing = new Sparing(from);
        return await new NativeReader(sparing).ReadAsync(CancellationToken.None) is { } block
            ? (block, sparing.Taken.ToArray())
            : null;
    }

    public void Number(int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Octets([(byte)(value | 0x80)]);
        }

        Octets([(byte)value]);
    }

    public void Text(string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        Number(octets.Length);
        Octets(octets);
    }

    /// <summary>No overflow row, no bucket.</summary>
    public void BlockInfo() => Octets([1, 0, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0]);

    public void Octets(ReadOnlySpan<byte> octets) => _out.Write(octets);

    public async Task FlushAsync()
    {
        await stream.WriteAsync(_out.WrittenMemory);
        await stream.FlushAsync();
        _out.ResetWrittenCount();
    }

    /// <summary>Gives a reader that buffers one octet at a time, and whole columns as they are asked for.</summary>
    private sealed class Sparing(Stream inner) : Stream
    {
        private const int ReaderBuffer = 128 * 1024;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>What was read.</summary>
        public MemoryStream Taken { get; } = new();

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer.Length == ReaderBuffer ? buffer[..1] : buffer, cancellationToken);
            Taken.Write(buffer.Span[..read]);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
