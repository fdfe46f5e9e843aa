// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Hosting.Configuration;

/// <summary>An amount of memory or disk, written with a binary unit: <c>512MiB</c>.</summary>
public readonly record struct ByteSize(long Octets) : IComparable<ByteSize>, IComparable
{
    private static readonly (string Unit, int Shift)[] Units = [
        ("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0)];

    public static ByteSize MiB(long count) => new(count << 20);

    public static bool TryParse(string text, out ByteSize size)
    {
        size = default;
        foreach (var (unit, shift) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                var good = long.TryParse(
                    text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    && count <= long.MaxValue >> shift;
                size = new(good ? count << shift : 0);
                return good;
            }
        }

        return false;
    }

    public int CompareTo(ByteSize other) => Octets.CompareTo(other.Octets);

    public int CompareTo(object? obj) => obj is ByteSize other ? CompareTo(other) : 1;

    public override string ToString()
    {
        var octets = Octets;
        var (unit, shift) = octets == 0 ? ("B", 0) : Units.First(u => octets >> u.Shift << u.Shift == octets);
        return string.Create(CultureInfo.InvariantCulture, $"{octets >> shift}{unit}");
    }
}
