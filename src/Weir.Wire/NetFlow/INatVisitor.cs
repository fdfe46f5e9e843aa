// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.NetFlow;

/// <summary>One record of an address translator (RFC 8158).</summary>
public struct NatEvent
{
    /// <summary>natEvent (element 230): 1, 4, 6, 8, 12 and 14 create; 2, 5, 7, 9, 13 and 15 delete; others
    /// tell of neither.</summary>
    public byte Kind;

    /// <summary>Address behind the translation; bits 0 where the record has none.</summary>
    public IpKey Inside;

    /// <summary>Address the world sees; bits 0 where the record has none.</summary>
    public IpKey Outside;

    /// <summary>First port of the block (361), or the one translated port (227); 0 where the record has none.</summary>
    public ushort PortFrom;

    /// <summary>Last port of the block, inclusive (362, or 361 and 364); the one translated port; 0 where the
    /// record has none.</summary>
    public ushort PortTo;

    /// <summary>observationTime (322 to 325) or eventTime, milliseconds since the UNIX epoch; the message's own time
    /// where the record has none.</summary>
    public long AtMs;

    /// <summary>How exact the time is, in milliseconds.</summary>
    public int GrainMs;

    /// <summary>Ports of the block lie so far apart (363); 1 where they are neighbours.</summary>
    public ushort PortStep;
}

/// <summary>Takes what translators tell, in wire order.</summary>
public interface INatVisitor
{
    void OnNatEvent(in NatEvent told);

    /// <summary>A data record without natEvent: a flow, a counter.</summary>
    void OnOtherRecord();

    /// <summary>A data set whose template has not been seen.</summary>
    void OnTemplateUnknown(uint domain, ushort templateId, int octets);

    void OnMalformed(in Malformed fault);
}
