// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>What is known of an exporter by the names of its protocols.</summary>
internal static class SequenceUnits
{
    /// <summary>Whether all protocols of an exporter number records (v5, IPFIX), and none messages (v9,
    /// sFlow).</summary>
    /// <param name="protocols">By name, joined with a comma, as they are listed.</param>
    public static bool AreRecords(string protocols) => protocols.Split(',').All(AreRecordsOf);

    /// <summary>Whether any of them tells the exporter's clock.</summary>
    /// <param name="protocols">By name, joined with a comma, as they are listed.</param>
    public static bool TellClock(string protocols) => protocols.Split(',').Any(one => Traits(one).TellsClock);

    private static bool AreRecordsOf(string protocol) => Traits(protocol).NumbersRecords;

    private static ExportProtocolTraits Traits(string protocol) =>
        ExportProtocols.Traits(Enum.TryParse<ExportProtocol>(protocol, out var known) ? known : ExportProtocol.Unknown);
}
