// SPDX-License-Identifier: Apache-2.0
//
// ClickHouse's Native format as it comes over HTTP (revision 0, no block header): a run of blocks, each a number of
// columns and of rows (LEB128), then per column its name and type as length and text, then the values side by side,
// little-endian; a String is length and octets; an Array is the ends of its rows and then the elements' column.
// 18.16 and 26.5 write the same.
//
// Standards: ClickHouse docs, "Native"; NativeReader.cpp.
using System.Globalization;
using System.Text;

namespace Weir.Wire.Native;

/// <summary>Reads blocks off a response. What cannot be read ends in a <see cref="StoreException"/>, never
/// in a wrong value.</summary>
public sealed class NativeReader(Stream stream)
{
    private const int MaxRows = 1 << 24;
    private const int LongestText = 1 << 26;

    private readonly byte[] _buffer = new byte[128 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next block, or null at the end of the answer.</summary>
    public async ValueTask<NativeBlock?> ReadAsync(CancellationToken cancel)
    {
        if (_start == _end && !await FillAsync(cancel))
        {
            return null;
        }

        var columns = new NativeColumn[await CountAsync(4_096, cancel)];
        var rows = await CountAsync(MaxRows, cancel);
        for (var i = 0; i < columns.Length; i++)
        {
            var name = await TextAsync(cancel);
            var type = await TextAsync(cancel);
            columns[i] = await ColumnAsync(name, type, rows, cancel);
        }

        return new NativeBlock(rows, columns);
    }

    /// <summary>Passes over the next block of columns of fixed width and texts; a stream that can seek is not read for
    /// it.</summary>
    /// <returns>The block's rows, or null at the end.</returns>
    public async ValueTask<int?> SkipAsync(CancellationToken cancel)
    {
        if (_start == _end && !await FillAsync(cancel))
        {
            return null;
        }

        var columns = await CountAsync(4_096, cancel);
        var rows = await CountAsync(MaxRows, cancel);
        for (var i = 0; i < columns; i++)
        {
            var name = await TextAsync(cancel);
            var type = await TextAsync(cancel);
            if (type != "String")
            {
                await PassAsync((long)rows * Width(name, type), cancel);
                continue;
            }

            for (var row = 0; row < rows; row++)
            {
                await PassAsync(await CountAsync(LongestText, cancel), cancel);
            }
        }

        return rows;
    }

    private async ValueTask PassAsync(long octets, CancellationToken cancel)
    {
        var buffered = (int)Math.Min(octets, _end - _start);
        _start += buffered;
        for (octets -= buffered; octets > 0;)
        {
            if (stream.CanSeek)
            {
                if (stream.Length - stream.Position < octets)
                {
                    throw Torn();
                }

                stream.Position += octets;
                return;
            }

            if (!await FillAsync(cancel))
            {
                throw Torn();
            }

            _start = (int)Math.Min(octets, _end);
            octets -= _start;
        }
    }

    private async ValueTask<NativeColumn> ColumnAsync(string name, string type, int rows, CancellationToken cancel)
    {
        if (type.StartsWith("Array(", StringComparison.Ordinal) && type.EndsWith(')'))
        {
            var ends = new ulong[rows];
            Buffer.BlockCopy(await OctetsAsync((long)rows * sizeof(ulong), cancel), 0, ends, 0, rows * sizeof(ulong));
            var elements = rows == 0 ? 0 : ends[^1];
            if (elements > int.MaxValue)
            {
                throw Torn();
            }

            var inner = await ColumnAsync(name, type[6..^1], (int)elements, cancel);
            return inner.Ends.Length > 0 ? throw Unread(name, type) : inner.WithEnds(ends);
        }

        if (type == "String")
        {
            var texts = new string[rows];
            for (var i = 0; i < rows; i++)
            {
                texts[i] = await TextAsync(cancel);
            }

            return new NativeColumn(name, type, [], texts, []);
        }

        return new NativeColumn(name, type, await OctetsAsync((long)rows * Width(name, type), cancel), [], []);
    }

    private static int Width(string name, string type) => type switch
    {
        "UInt8" or "Int8" => 1,
        "UInt16" or "Int16" or "Date" => 2,
        "UInt32" or "Int32" or "Float32" or "DateTime" => 4,
        "UInt64" or "Int64" or "Float64" => 8,
        _ when type.StartsWith("DateTime('", StringComparison.Ordinal) => 4,
        _ when type.StartsWith("FixedString(", StringComparison.Ordinal)
            && int.TryParse(
                type.AsSpan(12, type.Length - 13), NumberStyles.None, CultureInfo.InvariantCulture, out var width) =>
                width,
        _ => throw Unread(name, type),
    };

    private async ValueTask<int> CountAsync(int most, CancellationToken cancel)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_start == _end && !await FillAsync(cancel))
            {
                throw Torn();
            }

            var octet = _buffer[_start++];
            value |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80)
            {
                return value <= (ulong)most ? (int)value : throw Torn();
            }
        }

        throw Torn();
    }

    private async ValueTask<string> TextAsync(CancellationToken cancel)
    {
        var length = await CountAsync(LongestText, cancel);
        if (length <= _end - _start)
        {
            _start += length;
            return Encoding.UTF8.GetString(_buffer, _start - length, length);
        }

        return Encoding.UTF8.GetString(await OctetsAsync(length, cancel));
    }

    private async ValueTask<byte[]> OctetsAsync(long length, CancellationToken cancel)
    {
        if (length > Array.MaxLength)
        {
            throw Torn();
        }

        var octets = new byte[length];
        var buffered = (int)Math.Min(length, _end - _start);
        _buffer.AsSpan(_start, buffered).CopyTo(octets);
        _start += buffered;
        try
        {
            await stream.ReadExactlyAsync(octets.AsMemory(buffered), cancel);
        }
        catch (EndOfStreamException)
        {
            throw Torn();
        }

        return octets;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        (_start, _end) = (0, await stream.ReadAsync(_buffer, cancel));
        return _end > 0;
    }

    private static StoreException Torn() =>
        new(0, "the store's answer broke off or is not in Format Native", retryable: true);

    private static StoreException Unread(string name, string type) =>
        new(0, $"column '{name}' has the type {type}, which is not read: cast it in the query", retryable: false);
}
