// SPDX-License-Identifier: Apache-2.0
//
// ClickHouse's Native format as it goes over HTTP (revision 0): see NativeReader.cs. A block is begun with its numbers
// of columns and rows; then exactly so many columns follow, each with its name, its type and its values.
using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Wire.Native;

/// <summary>Writes one block after the other into a buffer of its own, column by column.</summary>
public sealed class NativeWriter(int capacity = 64 * 1024)
{
    private readonly ArrayBufferWriter<byte> _out = new(capacity);

    /// <summary>What was written since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _out.WrittenMemory;

    public void Clear() => _out.ResetWrittenCount();

    /// <summary>Begins a block; <paramref name="columns"/> columns of <paramref name="rows"/>
    /// values must follow.</summary>
    public void Begin(int columns, int rows)
    {
        Count(columns);
        Count(rows);
    }

    /// <summary>Writes name and type and gives the room for the values, rows × the type's width: all of it
    /// must be filled.</summary>
    public Span<byte> Column(ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, int octets)
    {
        Text(name);
        Text(type);
        var room = _out.GetSpan(octets)[..octets];
        _out.Advance(octets);
        return room;
    }

    /// <summary>A whole column of numbers; little-endian as every machine we run on.</summary>
    public void Numbers<T>(ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var octets = MemoryMarshal.AsBytes(values);
        octets.CopyTo(Column(name, type, octets.Length));
    }

    /// <summary>A whole FixedString(16) column of subjects or addresses.</summary>
    public void Keys(ReadOnlySpan<byte> name, ReadOnlySpan<UInt128> values)
    {
        var room = Column(name, "FixedString(16)"u8, values.Length * 16);
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(room[(i * 16)..], values[i]);
        }
    }

    /// <summary>A whole String column.</summary>
    public void Texts(ReadOnlySpan<byte> name, ReadOnlySpan<string> values)
    {
        Text(name);
        Text("String"u8);
        foreach (var value in values)
        {
            var most = Encoding.UTF8.GetByteCount(value);
            Count(most);
            _out.Advance(Encoding.UTF8.GetBytes(value, _out.GetSpan(most)));
        }
    }

    /// <summary>A whole block of some rows of another, with the same columns.</summary>
    /// <exception cref="NotSupportedException">A column is an array.</exception>
    public void Rows(NativeBlock block, ReadOnlySpan<int> rows)
    {
        Begin(block.Columns, rows.Length);
        for (var i = 0; i < block.Columns; i++)
        {
            var column = block[i];
            var name = Encoding.UTF8.GetBytes(column.Name);
            if (column.Type == "String")
            {
                var texts = new string[rows.Length];
                for (var row = 0; row < rows.Length; row++)
                {
                    texts[row] = column.Texts[rows[row]];
                }

                Texts(name, texts);
                continue;
            }

            var width = column.WidthOf(block.Rows);
            column.CopyRows(rows, width, Column(name, Encoding.UTF8.GetBytes(column.Type), rows.Length * width));
        }
    }

    private void Text(ReadOnlySpan<byte> text)
    {
        Count(text.Length);
        _out.Write(text);
    }

    private void Count(int value)
    {
        var room = _out.GetSpan(5);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            room[length++] = (byte)(value | 0x80);
        }

        room[length++] = (byte)value;
        _out.Advance(length);
    }
}
