// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Lab.Telling;
using Weir.Wire;

namespace Weir.EndToEnd.Support;

/// <summary>What evidence lacks and what it has too much.</summary>
/// <param name="Missing">Records of the truth that are inside and have no row.</param>
/// <param name="Outside">Rows that no record of the truth inside stands behind.</param>
/// <param name="Expected">Records of the truth that are inside.</param>
internal sealed record EvidenceDifference(IReadOnlyList<string> Missing, IReadOnlyList<string> Outside, int Expected);

/// <summary>Evidence rows against records.csv, row by row, as multisets: every field that evidence may
/// hold is compared.</summary>
internal static class EvidenceComparison
{
    /// <param name="truth">All records, of whatever line.</param>
    /// <param name="subject">The line the scope is about.</param>
    /// <param name="inside">The scope's class.</param>
    /// <param name="fromMs">First flow start inside.</param>
    /// <param name="untilMs">First flow start that is not.</param>
    /// <param name="rows">The evidence.</param>
    public static EvidenceDifference Compare(
        IEnumerable<LabRecord> truth, IpKey subject, FlowPredicate inside, long fromMs, long untilMs,
        IEnumerable<EvidenceRow> rows)
    {
        string[] expected = [.. truth.Where(
            r => r.Subject == subject && r.StartMs >= fromMs && r.StartMs < untilMs && inside.Matches(FlowOf(r)))
            .Select(r => Row(r, inside.Direction))];
        var left = expected.GroupBy(r => r).ToDictionary(g => g.Key, g => g.Count());
        var outside = new List<string>();
        foreach (var row in rows.Select(Row))
        {
            if (left.GetValueOrDefault(row) > 0)
            {
                left[row]--;
            }
            else
            {
                outside.Add(row);
            }
        }

        return new([.. left.SelectMany(l => Enumerable.Repeat(l.Key, l.Value))], outside, expected.Length);
    }

    private static Flow FlowOf(LabRecord r) => new()
    {
        Subject = r.Subject,
        Remote = r.Remote,
        RemotePort = r.RemotePort,
        SubjectPort = r.SubjectPort,
        Protocol = r.Protocol, PacketsOut = r.PacketsOut, PacketsIn = r.PacketsIn, StartMs = r.StartMs, EndMs = r.EndMs,
    };

    private static string Row(LabRecord r, Direction direction)
    {
        var (sent, received) = ((direction & Direction.Out) != 0, (direction & Direction.In) != 0);
        return Row(
            r.StartMs, r.EndMs, r.Protocol, r.Remote, r.RemotePort, sent ? r.PacketsOut : 0, received ? r.PacketsIn : 0,
            sent ? r.OctetsOut : 0, received ? r.OctetsIn : 0, sent ? r.FlagsOut : (byte)0,
            received ? r.FlagsIn : (byte)0);
    }

    private static string Row(EvidenceRow r) => Row(
        r.StartMs, r.EndMs, r.Remote.Protocol, r.Remote.Address, r.Remote.Port, r.PacketsOut, r.PacketsIn, r.OctetsOut,
        r.OctetsIn, r.FlagsOut, r.FlagsIn);

    private static string Row(
        long from, long until, byte protocol, IpKey remote, ushort port, ulong packetsOut, ulong packetsIn,
        ulong octetsOut, ulong octetsIn, byte flagsOut, byte flagsIn) =>
        FormattableString.Invariant($"{from}-{until} {protocol} {remote}:{port} {packetsOut}/{packetsIn} {octetsOut}/{octetsIn} {flagsOut}/{flagsIn}");
}
