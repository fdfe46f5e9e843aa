// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Weir.Wire.Files;

/// <summary>What a column of a flow table means to Weir.</summary>
public enum FlowColumn : byte
{
    None,
    Source,
    Destination,
    SourcePort,
    DestinationPort,

    /// <summary>A name or an IANA number.</summary>
    Protocol,

    /// <summary>An IANA number that wins over a name (Zeek's ip_proto).</summary>
    ProtocolNumber,
    Start,
    End,
    DurationSeconds,
    DurationMilliseconds,
    DurationMicroseconds,
    Packets,
    Octets,
    ReversePackets,
    ReverseOctets,

    /// <summary>Both directions together; the reverse is what the source did not send.</summary>
    TotalPackets,
    TotalOctets,

    /// <summary>Octets above the transport, used where <see cref="Octets"/> is unset.</summary>
    PayloadOctets,
    ReversePayloadOctets,

    /// <summary>nfdump's out counters: the answer in one tool's files, the same packets again in
    /// another's, so not used.</summary>
    OutPackets,
    OutOctets,
    TcpFlags,
    ReverseTcpFlags,
    ZeekHistory,
    ZeekState,
    ArgusState,
    ArgusDirection,
    IcmpType,
    IcmpCode,
    InputInterface,
    OutputInterface,

    /// <summary>1 = seen leaving the interface (IPFIX element 61).</summary>
    ExportDirection,

    /// <summary>What a firewall or cloud did with it, in a word: accepted, or rejected.</summary>
    Action,

    /// <summary>The number of IPFIX element 89.</summary>
    ForwardingStatus,
}

/// <summary>Who wrote a flow table.</summary>
public enum FlowDialect : byte
{
    Csv,
    Cicids,
    Nfdump,
    Argus,
    Zeek,
}

/// <summary>Column names as the tools write them, case, blanks and punctuation aside.</summary>
public static class FlowColumns
{
    /// <summary>The names a mapping uses: the enumeration's, with underscores between words.</summary>
    public static bool TryByMappingName(string name, out FlowColumn column) =>
        Enum.TryParse(name.Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true, out column)
        && Enum.IsDefined(column) && column != FlowColumn.None && !char.IsAsciiDigit(name[0]);

    /// <summary>What a header name means; <see cref="FlowColumn.None"/> = nothing to us.</summary>
    public static FlowColumn ByHeader(string header, FlowDialect dialect) => Plain(header) switch
    {
        "srcip" or "sourceip" or "srcaddr" or "srcipaddr" or "sourceaddress" or "sa" or "idorigh" or "src" or "source"
            or "ipsrc" or "sip" or "sourceipaddress" or "sourceipv4address" or "srcaddress" or "saddr" =>
                FlowColumn.Source,
        "dstip" or "destinationip" or "dstaddr" or "dstipaddr" or "destinationaddress" or "da" or "idresph" or "dst"
            or "destination" or "ipdst" or "dip" or "destip" or "destinationipaddress" or "destinationipv4address"
            or "dstaddress" or "daddr" => FlowColumn.Destination,
        "srcport" or "sourceport" or "sport" or "sp" or "idorigp" or "srcpt" or "sourcetransportport" =>
            FlowColumn.SourcePort,
        "dstport" or "destinationport" or "dport" or "dp" or "idrespp" or "dstpt" or "destport" or "port"
            or "destinationtransportport" => FlowColumn.DestinationPort,
        "protocol" or "proto" or "pr" or "prot" or "protocolidentifier" => FlowColumn.Protocol,
        "ipproto" => FlowColumn.ProtocolNumber,
        "timestamp" or "ts" or "starttime" or "firstseen" or "start" or "datefirstseen" or "stime" or "tsr" or "first"
            or "flowstart" or "flowstarttime" or "starttimestamp" or "timestart" or "begin" or "begintime" or "datetime"
            or "timestampstart" or "flowstartmilliseconds" or "flowstartseconds" or "startdatetime" => FlowColumn.Start,
        "te" or "endtime" or "lastseen" or "end" or "datelastseen" or "ltime" or "lasttime" or "ter" or "last"
            or "flowend" or "flowendtime" or "endtimestamp" or "timeend" or "timestampend" or "flowendmilliseconds"
            or "flowendseconds" or "enddatetime" => FlowColumn.End,
        "flowduration" => FlowColumn.DurationMicroseconds,
        "dur" or "duration" or "td" => FlowColumn.DurationSeconds,
        "durationms" => FlowColumn.DurationMilliseconds,
        "totalfwdpacket" or "totalfwdpackets" or "totfwdpkts"
            or "origpkts" or "srcpkts" or "ipkt" or "packets" or "pkts"
            or "inpackets" or "pkt" or "packetdeltacount" => FlowColumn.Packets,
        "totallengthoffwdpacket" or "totallengthoffwdpackets"
            or "totlenfwdpkts" or "origipbytes" or "srcbytes" or "ibyt"
            or "bytes" or "octets" or "inbytes" or "byt" or "octetdeltacount" => FlowColumn.Octets,
        "totalbwdpackets" or "totalbackwardpackets" or "totalbwdpacket" or "totbwdpkts" or "resppkts" or "dstpkts"
            => FlowColumn.ReversePackets,
        "totallengthofbwdpacket" or "totallengthofbwdpackets" or "totlenbwdpkts" or "respipbytes" or "dstbytes"
            => FlowColumn.ReverseOctets,
        "origbytes" => FlowColumn.PayloadOctets,
        "respbytes" => FlowColumn.ReversePayloadOctets,
        "totpkts" => FlowColumn.TotalPackets,
        "totbytes" => FlowColumn.TotalOctets,
        "opkt" or "outpackets" => FlowColumn.OutPackets,
        "obyt" or "outbytes" => FlowColumn.OutOctets,
        "flg" or "flags" or "tcpflags" or "tcpcontrolbits" => FlowColumn.TcpFlags,
        "history" when dialect == FlowDialect.Zeek => FlowColumn.ZeekHistory,
        "connstate" when dialect == FlowDialect.Zeek => FlowColumn.ZeekState,
        "state" when dialect == FlowDialect.Argus => FlowColumn.ArgusState,
        "dir" => dialect == FlowDialect.Argus ? FlowColumn.ArgusDirection : FlowColumn.ExportDirection,
        "action" or "disposition" => FlowColumn.Action,
        "fwd" or "forwardingstatus" => FlowColumn.ForwardingStatus,
        "icmptype" => FlowColumn.IcmpType,
        "icmpcode" => FlowColumn.IcmpCode,
        "in" or "inputsnmp" or "ingressinterface" => FlowColumn.InputInterface,
        "out" or "outputsnmp" or "egressinterface" => FlowColumn.OutputInterface,
        _ => FlowColumn.None,
    };

    private static string Plain(string header)
    {
        var plain = new StringBuilder(header.Length);
        foreach (var letter in header)
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                plain.Append(char.ToLowerInvariant(letter));
            }
        }

        return plain.ToString();
    }
}
