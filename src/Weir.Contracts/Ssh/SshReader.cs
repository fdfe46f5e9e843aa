// SPDX-License-Identifier: Apache-2.0
//
// Values of the SSH protocol out of octets: numbers big end first, strings with their length before them.
//
// Standards: RFC 4251 section 5.
using System.Buffers.Binary;

namespace Weir.Contracts.Ssh;

/// <summary>Reads from the front of a span. A value that is not whole makes every later read fail.</summary>
internal ref struct SshReader(ReadOnlySpan<byte> octets)
{
    private ReadOnlySpan<byte> _rest = octets;

    /// <summary>Nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>A fixed number of octets.</summary>
    public bool TryTake(int length, out ReadOnlySpan<byte> taken)
    {
        if (length < 0 || _rest.Length < length)
        {
            taken = default;
            _rest = default;
            return false;
        }

        taken = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    public bool TryByte(out byte value)
    {
        var isThere = TryTake(1, out var octet);
        value = isThere ? octet[0] : default;
        return isThere;
    }

    public bool TryUInt32(out uint value)
    {
        var isThere = TryTake(sizeof(uint), out var octets);
        value = isThere ? BinaryPrimitives.ReadUInt32BigEndian(octets) : default;
        return isThere;
    }

    /// <summary>A string of any octets.</summary>
    public bool TryString(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryUInt32(out var length) && length <= int.MaxValue && TryTake((int)length, out value);
    }

    /// <summary>A whole number, not negative and in its shortest form, big end first into <paramref name="room"/>,
    /// which it must fit.</summary>
    public bool TryUnsigned(Span<byte> room)
    {
        if (!TryString(out var value) || (value.Length > 0 && value[0] >= 0x80)
            || (value.Length > 1 && value[0] == 0 && value[1] < 0x80) || (value.Length == 1 && value[0] == 0))
        {
            return false;
        }

        value = value.Length > 0 && value[0] == 0 ? value[1..] : value;
        if (value.Length > room.Length)
        {
            return false;
        }

        room.Clear();
        value.CopyTo(room[^value.Length..]);
        return true;
    }
}
