// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>Where a sequence stood, for the next run of ours.</summary>
/// <param name="Exporter">Whom it came from.</param>
/// <param name="Protocol">Which counts messages (v9, sFlow) or records (v5, IPFIX).</param>
/// <param name="Domain">Observation domain or source id.</param>
/// <param name="Port">UDP source port.</param>
/// <param name="Expected">The next number.</param>
/// <param name="BootMs">When the exporter booted, the lowest 32 bits of milliseconds; null where it does not tell.
/// </param>
/// <param name="LastUsedMs">Arrival of its last message, milliseconds since the UNIX epoch.</param>
public readonly record struct SequenceState(
    IpKey Exporter, ExportProtocol Protocol, uint Domain, ushort Port, uint Expected, uint? BootMs, long LastUsedMs);

/// <summary>What a sequence lacks between the last durable count of an earlier run and the first message of this one:
/// sent while nobody listened, or in memory when that run was killed.</summary>
/// <param name="Exporter">Who sent it.</param>
/// <param name="Protocol">Says what is counted: messages (v9, sFlow) or records (v5, IPFIX).</param>
/// <param name="FromMs">Arrival of the last message that is counted as taken.</param>
/// <param name="UntilMs">Arrival of the next.</param>
/// <param name="Missing">Messages or records.</param>
public readonly record struct SequenceAbsence(
    IpKey Exporter, ExportProtocol Protocol, long FromMs, long UntilMs, long Missing)
{
    /// <summary>What is counted.</summary>
    public string Unit => ExportProtocols.Traits(Protocol).NumbersRecords ? "records" : "messages";
}
