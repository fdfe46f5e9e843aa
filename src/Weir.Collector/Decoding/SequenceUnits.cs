// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>What sequence numbers count.</summary>
internal static class SequenceUnits
{
    /// <summary>Whether all protocols of an exporter number records (v5, IPFIX), and none messages (v9, sFlow).</summary>
    /// <param name="protocols">By name, joined with a comma, as they are listed.</param>
    public static bool AreRecords(string protocols) => protocols.Split(',').All(AreRecordsOf);

    private static bool AreRecordsOf(string protocol) =>
        Enum.TryParse<ExportProtocol>(protocol, out var known) && ExportProtocols.Traits(known).NumbersRecords;
}
