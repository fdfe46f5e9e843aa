// SPDX-License-Identifier: Apache-2.0
namespace Weir.Wire.NetFlow;

/// <summary>One record of an address translator (RFC 8158).</summary>
public struct NatEvent
{
    /// <summary>natEvent (element 230) by the IANA registry "NAT Event Type": 1, 4, 6, 8 and 10 create a session or
    /// binding, 14 binds an address, 16 allocates a block of ports; the odd number behind each ends it. Others tell of
    /// neither: 3 and 12 exhaustion, 13 a quota, 18 a threshold.</summary>
    public byte Kind;

    /// <summary>protocolIdentifier (4): a port of TCP is not the same port of UDP; 0 where the record does
    /// not say.</summary>
    public byte Protocol;

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

    /// <summary>The record gives ports as a range (361), not as one translated port (227).</summary>
    public bool HasRange;

    /// <summary>natOriginatingAddressRealm (229): 2 where the public side opened the session, so that its source is
    /// the remote end, and the translation is the destination's; 1 or 0 elsewhere.</summary>
    public byte Realm;

    /// <summary>Creates, by its kind.</summary>
    public readonly bool Creates => Kind is 1 or 4 or 6 or 8 or 10 or 14 or 16;

    /// <summary>Deletes, by its kind.</summary>
    public readonly bool Deletes => Kind is 2 or 5 or 7 or 9 or 11 or 15 or 17;
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
