// SPDX-License-Identifier: Apache-2.0
//
// Ranges of addresses as lists write them: "192.0.2.0-192.0.2.255", or the two ends in columns of their own. A range
// becomes the fewest networks that cover exactly it.
using Weir.Wire;

namespace Weir.Desk.Lists.Feeds;

/// <summary>The addresses from one to another, both in.</summary>
internal readonly record struct AddressRange(IpKey First, IpKey Last)
{
    /// <summary>Reads "FIRST-LAST", blanks allowed.</summary>
    public static bool TryParse(string text, out AddressRange range)
    {
        range = default;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && TryCreate(text[..dash], text[(dash + 1)..], out range);
    }

    public static bool TryCreate(string first, string last, out AddressRange range)
    {
        range = default;
        if (!IpKey.TryParse(first.Trim(), out var from) || !IpKey.TryParse(last.Trim(), out var to)
            || from.IsV4 != to.IsV4 || from.Bits > to.Bits)
        {
            return false;
        }

        range = new AddressRange(from, to);
        return true;
    }

    /// <summary>The networks, in order; at most 254.</summary>
    public IEnumerable<Prefix> ToPrefixes()
    {
        var (at, last) = (First.Bits, Last.Bits);
        while (true)
        {
            var zeros = (int)UInt128.TrailingZeroCount(at);
            var left = last - at;
            while (zeros > 0 && (zeros == 128 || ((UInt128.One << zeros) - 1) > left))
            {
                zeros--;
            }

            yield return Prefix.From(new IpKey(at), 128 - zeros);
            var next = at + (UInt128.One << zeros);
            if (next == 0 || next - 1 >= last)
            {
                yield break;
            }

            at = next;
        }
    }

    /// <summary>Whether it is one network to its last address.</summary>
    public bool IsNetwork => ToPrefixes().Take(2).Count() == 1;

    public override string ToString() => $"{First}-{Last}";
}
