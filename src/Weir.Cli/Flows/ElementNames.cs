// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Flows;

/// <summary>Names of information elements, for people who read templates (IANA IPFIX registry). Those that routers
/// usually send; the others stay numbers.</summary>
internal static class ElementNames
{
    private static readonly Dictionary<ushort, string> _names = new()
    {
        [1] = "octetDeltaCount", [2] = "packetDeltaCount", [4] = "protocolIdentifier", [5] = "ipClassOfService",
        [6] = "tcpControlBits", [7] = "sourceTransportPort", [8] = "sourceIPv4Address", [9] = "sourceIPv4PrefixLength",
        [10] = "ingressInterface", [11] = "destinationTransportPort", [12] = "destinationIPv4Address",
        [13] = "destinationIPv4PrefixLength", [14] = "egressInterface", [15] = "ipNextHopIPv4Address",
        [16] = "bgpSourceAsNumber", [17] = "bgpDestinationAsNumber", [18] = "bgpNextHopIPv4Address",
        [21] = "flowEndSysUpTime", [22] = "flowStartSysUpTime", [23] = "postOctetDeltaCount",
        [24] = "postPacketDeltaCount", [27] = "sourceIPv6Address", [28] = "destinationIPv6Address",
        [29] = "sourceIPv6PrefixLength", [30] = "destinationIPv6PrefixLength", [31] = "flowLabelIPv6",
        [32] = "icmpTypeCodeIPv4", [34] = "samplingInterval", [35] = "samplingAlgorithm", [36] = "flowActiveTimeout",
        [37] = "flowIdleTimeout", [48] = "samplerId", [49] = "samplerMode", [50] = "samplerRandomInterval",
        [52] = "minimumTTL", [53] = "maximumTTL", [56] = "sourceMacAddress", [58] = "vlanId", [60] = "ipVersion",
        [61] = "flowDirection", [62] = "ipNextHopIPv6Address", [63] = "bgpNextHopIPv6Address",
        [64] = "ipv6ExtensionHeaders", [70] = "mplsTopLabelStackSection", [80] = "destinationMacAddress",
        [82] = "interfaceName", [83] = "interfaceDescription", [84] = "samplerName", [85] = "octetTotalCount",
        [86] = "packetTotalCount", [89] = "forwardingStatus", [90] = "mplsVpnRouteDistinguisher",
        [95] = "applicationId", [96] = "applicationName", [104] = "layer2packetSectionData",
        [136] = "flowEndReason", [137] = "commonPropertiesId", [138] = "observationPointId",
        [139] = "icmpTypeCodeIPv6", [144] = "exportingProcessId", [145] = "templateId", [148] = "flowId",
        [149] = "observationDomainId", [150] = "flowStartSeconds", [151] = "flowEndSeconds",
        [152] = "flowStartMilliseconds", [153] = "flowEndMilliseconds", [154] = "flowStartMicroseconds",
        [155] = "flowEndMicroseconds", [156] = "flowStartNanoseconds", [157] = "flowEndNanoseconds",
        [160] = "systemInitTimeMilliseconds", [161] = "flowDurationMilliseconds", [171] = "postOctetTotalCount",
        [172] = "postPacketTotalCount", [176] = "icmpTypeIPv4", [177] = "icmpCodeIPv4", [178] = "icmpTypeIPv6",
        [179] = "icmpCodeIPv6", [180] = "udpSourcePort", [181] = "udpDestinationPort", [182] = "tcpSourcePort",
        [183] = "tcpDestinationPort", [195] = "ipDiffServCodePoint", [206] = "isMulticast",
        [225] = "postNATSourceIPv4Address", [226] = "postNATDestinationIPv4Address",
        [227] = "postNAPTSourceTransportPort", [228] = "postNAPTDestinationTransportPort",
        [229] = "natOriginatingAddressRealm",
        [230] = "natEvent", [231] = "initiatorOctets", [232] = "responderOctets", [233] = "firewallEvent",
        [234] = "ingressVRFID", [235] = "egressVRFID", [239] = "biflowDirection", [252] = "ingressPhysicalInterface",
        [253] = "egressPhysicalInterface", [256] = "ethernetType", [298] = "initiatorPackets",
        [299] = "responderPackets", [302] = "selectorId", [304] = "selectorAlgorithm", [305] = "samplingPacketInterval",
        [306] = "samplingPacketSpace", [309] = "samplingSize", [310] = "samplingPopulation",
        [311] = "samplingProbability", [312] = "dataLinkFrameSize", [313] = "ipHeaderPacketSection",
        [315] = "dataLinkFrameSection", [322] = "observationTimeSeconds", [323] = "observationTimeMilliseconds",
        [335] = "selectorName", [346] = "privateEnterpriseNumber", [352] = "layer2OctetDeltaCount",
        [353] = "layer2OctetTotalCount", [361] = "portRangeStart", [362] = "portRangeEnd", [371] = "userName",
        [408] = "dataLinkFrameType", [409] = "sectionOffset", [410] = "sectionExportedOctets",
    };

    /// <summary>The name, or the number where an enterprise chose it or it is not known here.</summary>
    public static string Of(ushort id, uint enterprise) =>
        enterprise == 0 && _names.TryGetValue(id, out var name) ? name
        : enterprise == 29305 && _names.TryGetValue(id, out name) ? $"reverse {name}"
        : enterprise == 0 ? $"{id}" : $"{id}@{enterprise}";
}
