// SPDX-License-Identifier: Apache-2.0
//
// A RADIUS packet: code, identifier, length, sixteen octets of authenticator, then attributes of type, length and
// value. Octets behind the told length are padding; a packet shorter than it tells is thrown away, as is one whose
// attributes do not fill it exactly.
//
// Standards: RFC 2865 §3, §5; RFC 2866 §3, §4.
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>A packet over its octets. Never throws on any input.</summary>
internal readonly ref struct RadiusPacket
{
    public const int HeaderOctets = 20;
    public const int MaxOctets = 4096;
    public const byte AccountingRequest = 4;
    public const byte AccountingResponse = 5;

    internal const string ShortRule = "RFC 2865 §3 packet shorter than its header";
    internal const string LengthRule = "RFC 2865 §3 length";
    internal const string AttributeRule = "RFC 2865 §5 attribute length";

    private RadiusPacket(ReadOnlySpan<byte> octets) => Octets = octets;

    /// <summary>The packet without padding.</summary>
    public ReadOnlySpan<byte> Octets { get; }

    public byte Code => Octets[0];

    public byte Identifier => Octets[1];

    public ReadOnlySpan<byte> Authenticator => Octets.Slice(4, 16);

    public ReadOnlySpan<byte> Attributes => Octets[HeaderOctets..];

    public static bool TryRead(ReadOnlySpan<byte> datagram, out RadiusPacket packet, out Malformed fault)
    {
        packet = default;
        fault = default;
        if (datagram.Length < HeaderOctets)
        {
            fault = new Malformed(Damage.DropDatagram, 0, ShortRule);
            return false;
        }

        var length = (datagram[2] << 8) | datagram[3];
        if (length < HeaderOctets || length > MaxOctets || length > datagram.Length)
        {
            fault = new Malformed(Damage.DropDatagram, 2, LengthRule);
            return false;
        }

        var octets = datagram[..length];
        for (var at = HeaderOctets; at < length; at += octets[at + 1])
        {
            if (at + 2 > length || octets[at + 1] < 2 || at + octets[at + 1] > length)
            {
                fault = new Malformed(Damage.DropDatagram, at, AttributeRule);
                return false;
            }
        }

        packet = new RadiusPacket(octets);
        return true;
    }

    public AttributeEnumerator GetEnumerator() => new(Attributes);

    /// <summary>Walks attributes that <see cref="TryRead"/> has found whole.</summary>
    public ref struct AttributeEnumerator(ReadOnlySpan<byte> attributes)
    {
        private readonly ReadOnlySpan<byte> _attributes = attributes;
        private int _at = -1;

        /// <summary>Where the attribute's value begins, in octets from the start of the packet.</summary>
        public readonly int Offset => HeaderOctets + _at + 2;

        public readonly RadiusAttribute Current =>
            new(_attributes[_at], _attributes.Slice(_at + 2, _attributes[_at + 1] - 2), Offset);

        public bool MoveNext()
        {
            _at = _at < 0 ? 0 : _at + _attributes[_at + 1];
            return _at < _attributes.Length;
        }
    }
}

/// <summary>One attribute.</summary>
internal readonly ref struct RadiusAttribute(byte type, ReadOnlySpan<byte> value, int offset)
{
    public byte Type => type;

    public ReadOnlySpan<byte> Value { get; } = value;

    public int Offset => offset;
}
