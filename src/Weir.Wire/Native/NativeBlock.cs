// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Weir.Wire.Native;

/// <summary>Some rows of an answer, column by column. It owns its arrays and may be kept.</summary>
public sealed class NativeBlock
{
    private readonly NativeColumn[] _columns;

    internal NativeBlock(int rows, NativeColumn[] columns) => (Rows, _columns) = (rows, columns);

    public int Rows { get; }

    public int Columns => _columns.Length;

    public NativeColumn this[int index] => _columns[index];

    public NativeColumn this[string name] =>
        Array.Find(_columns, column => column.Name == name)
        ?? throw new ArgumentException($"the answer has no column '{name}'", nameof(name));
}

/// <summary>One column: fixed-width values side by side, or texts; of an array column the elements, with the end of
/// each row's part.</summary>
public sealed class NativeColumn
{
    private readonly byte[] _octets;
    private readonly string[] _texts;

    internal NativeColumn(string name, string type, byte[] octets, string[] texts, ulong[] ends) =>
        (Name, Type, _octets, _texts, Ends) = (name, type, octets, texts, ends);

    public string Name { get; }

    /// <summary>ClickHouse's name of the type, such as <c>UInt64</c>; of the elements for <c>Array(…)</c>.</summary>
    public string Type { get; }

    /// <summary>For <c>Array(…)</c>: where each row's elements end, counted from the block's
    /// start. Else empty.</summary>
    public ulong[] Ends { get; }

    /// <summary>The values of a <c>String</c> column.</summary>
    public ReadOnlySpan<string> Texts => Type == "String" ? _texts : throw Wrong("String");

    /// <summary>The values as they are stored. The type must fit: UInt64 is <see cref="ulong"/>, DateTime
    /// <see cref="uint"/> seconds, Date <see cref="ushort"/> days.</summary>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged
    {
        var wanted = ClickHouseType<T>();
        var held = Type.StartsWith("DateTime", StringComparison.Ordinal) ? "UInt32" : Type == "Date" ? "UInt16" : Type;
        return held == wanted ? MemoryMarshal.Cast<byte, T>(_octets) : throw Wrong(wanted);
    }

    /// <summary>The subject or address in a row of a FixedString(16) column.</summary>
    public UInt128 Key(int row)
    {
        if (Type != "FixedString(16)")
        {
            throw Wrong("FixedString(16)");
        }

        return BinaryPrimitives.ReadUInt128BigEndian(_octets.AsSpan(row * 16, 16));
    }

    internal NativeColumn WithEnds(ulong[] ends) => new(Name, Type, _octets, _texts, ends);

    /// <summary>Octets of one value.</summary>
    /// <exception cref="NotSupportedException">The column is an array.</exception>
    internal int WidthOf(int rows) => Ends.Length > 0
        ? throw new NotSupportedException($"column '{Name}' is an array, whose rows are not copied")
        : rows == 0 ? 0 : _octets.Length / rows;

    internal void CopyRows(ReadOnlySpan<int> rows, int width, Span<byte> room)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            _octets.AsSpan(rows[i] * width, width).CopyTo(room[(i * width)..]);
        }
    }

    private InvalidOperationException Wrong(string wanted) =>
        new($"column '{Name}' is {Type}, not {wanted}: cast it in the query");

    private static string ClickHouseType<T>() => default(T) switch
    {
        byte => "UInt8",
        ushort => "UInt16",
        uint => "UInt32",
        ulong => "UInt64",
        sbyte => "Int8",
        short => "Int16",
        int => "Int32",
        long => "Int64",
        float => "Float32",
        double => "Float64",
        _ => throw new NotSupportedException($"no ClickHouse type is kept as {typeof(T).Name}"),
    };
}
