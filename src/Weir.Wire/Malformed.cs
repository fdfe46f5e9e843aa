// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire;

/// <summary>How much of the input a fault costs. Ordered: a larger value loses more.</summary>
public enum Damage : byte
{
    None,
    SkipField,
    SkipRecord,
    SkipSet,
    DropDatagram,
}

/// <summary>One fault in bytes an exporter sent: what it costs, where it was seen, which rule it broke.</summary>
/// <param name="Damage">What the decoder gave up because of it.</param>
/// <param name="Offset">Octets from the start of the datagram.</param>
/// <param name="Rule">A constant such as <c>"RFC 7011 §3.3.2 set length"</c>; never built at run time.</param>
public readonly record struct Malformed(Damage Damage, int Offset, string Rule);
