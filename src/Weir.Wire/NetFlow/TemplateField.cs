// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.NetFlow;

/// <summary>One field of a template as the exporter wrote it.</summary>
/// <param name="Id">Information element number, without the enterprise bit.</param>
/// <param name="Enterprise">Private enterprise number; 0 = registered (RFC 7011 §3.2). Always 0 in NetFlow v9.</param>
/// <param name="Length">Octets; 65535 = variable length (RFC 7011 §7).</param>
public readonly record struct TemplateField(ushort Id, uint Enterprise, ushort Length)
{
    /// <summary>The length that says "told in each record".</summary>
    public const ushort Variable = 0xFFFF;

    public bool IsVariable => Length == Variable;
}
