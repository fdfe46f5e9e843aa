// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Collector.Collecting.Files;

/// <summary>A line that gave no flow, and why.</summary>
/// <param name="Number">From 1, as an editor counts.</param>
/// <param name="Rule">What could not be read.</param>
public readonly record struct RejectedFlowLine(long Number, string Rule);

/// <summary>
/// What a file held and what of it was not handed on. For captures:
/// Packets = PacketsOtherLink + PacketsDamaged and, where it holds packets alone, PacketsJoined + LinesNotIp, else
/// Datagrams + NotUdp + NotFlowExport + FragmentsJoined + FragmentsLost. For tables: Lines = Flows + LinesWithoutFlow +
/// LinesNotIp + LinesRefused.
/// </summary>
public sealed class InputLosses
{
    /// <summary>Refused lines kept with number and reason; the rest are only counted.</summary>
    public const int MaxRefusedKept = 8;

    private readonly List<RejectedFlowLine> _firstRefused = [];

    /// <summary>Packets in the capture.</summary>
    public long Packets { get; internal set; }

    /// <summary>Payloads handed on.</summary>
    public long Datagrams { get; internal set; }

    public long NotUdp { get; internal set; }

    /// <summary>Packets of a capture without exports that were put together to flows.</summary>
    public long PacketsJoined { get; internal set; }

    /// <summary>UDP payloads that do not look like NetFlow, IPFIX or sFlow.</summary>
    public long NotFlowExport { get; internal set; }

    /// <summary>Packets of a link layer that is not read.</summary>
    public long PacketsOtherLink { get; internal set; }

    /// <summary>Packets cut off or lying before their addresses, or in an export their UDP payload, were
    /// reached.</summary>
    public long PacketsDamaged { get; internal set; }

    /// <summary>Payloads handed on of which the capture kept only the beginning.</summary>
    public long PacketsCut { get; internal set; }

    /// <summary>Fragments beyond the first of datagrams that were put together.</summary>
    public long FragmentsJoined { get; internal set; }

    /// <summary>Fragments of datagrams never completed, or overlapping.</summary>
    public long FragmentsLost { get; internal set; }

    /// <summary>Blocks of a pcapng file whose body its type does not allow.</summary>
    public long BlocksDamaged { get; internal set; }

    /// <summary>Packets whose time no calendar has; they were given that of the packet before.</summary>
    public long TimesSenseless { get; internal set; }

    /// <summary>Lines behind the heading.</summary>
    public long Lines { get; internal set; }

    public long Flows { get; internal set; }

    /// <summary>Comments, empty lines, closing summaries.</summary>
    public long LinesWithoutFlow { get; internal set; }

    /// <summary>Records of ARP, link layer and the like.</summary>
    public long LinesNotIp { get; internal set; }

    public long LinesRefused { get; private set; }

    public IReadOnlyList<RejectedFlowLine> FirstRefused => _firstRefused;

    /// <summary>Records whose out counters were left aside: the answer in one tool's files, the same
    /// packets in another's.</summary>
    public long OutCounters { get; internal set; }

    /// <summary>Flows of a table that tell neither when they began nor when they ended.</summary>
    public long TimesMissing { get; internal set; }

    /// <summary>Octets that belong to nothing Weir knows.</summary>
    public long OctetsSkipped { get; internal set; }

    /// <summary>The octet (unpacked) of the record in which the file ends; null = it ends between records.</summary>
    public long? CutAt { get; internal set; }

    /// <summary>The octet (unpacked) from which nothing could be read or trusted; null = none.</summary>
    public long? DamagedAt { get; private set; }

    /// <summary>Why, where <see cref="DamagedAt"/> is told.</summary>
    public string Damage { get; private set; } = string.Empty;

    public bool Any => NotUdp + NotFlowExport + PacketsDamaged + PacketsCut + FragmentsLost + BlocksDamaged + LinesNotIp
        + PacketsOtherLink + TimesSenseless + LinesRefused + OutCounters + OctetsSkipped > 0
        || CutAt is not null || DamagedAt is not null;

    /// <summary>One plain sentence per kind of loss; empty where nothing was lost.</summary>
    public IEnumerable<string> Describe()
    {
        foreach (var (count, what) in ((long, string)[])
        [
            (NotUdp, "packets were not UDP"),
            (NotFlowExport, "UDP payloads were not flow exports"),
            (PacketsOtherLink, "packets are of a link layer that is not read"),
            (PacketsDamaged, "packets were cut off or damaged inside their headers"),
            (PacketsCut, "payloads were kept only in part by the capture"),
            (FragmentsLost, "fragments belong to datagrams never completed"),
            (BlocksDamaged, "pcapng blocks were damaged"),
            (TimesSenseless, "packets told a time that no calendar has and were given that of the packet before"),
            (LinesNotIp, "records were not IP"),
            (TimesMissing, "flows told no time"),
            (OutCounters, "records told out counters, which were not taken for the answer"),
            (OctetsSkipped, "octets were skipped because nothing known begins there"),
        ])
        {
            if (count > 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{count} {what}");
            }
        }

        if (LinesRefused > 0)
        {
            var first = string.Join("; ", _firstRefused.Select(line =>
                string.Create(CultureInfo.InvariantCulture, $"line {line.Number}: {line.Rule}")));
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{LinesRefused} lines were refused ({first}{(LinesRefused > MaxRefusedKept ? "; …" : string.Empty)})");
        }

        if (CutAt is { } cut)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"the file ends inside the record that begins at octet {cut}");
        }

        if (DamagedAt is { } damaged)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"damaged at octet {damaged}: {Damage}");
        }
    }

    internal void Refuse(long number, string rule)
    {
        LinesRefused++;
        if (_firstRefused.Count < MaxRefusedKept)
        {
            _firstRefused.Add(new(number, rule));
        }
    }

    internal void DamageFrom(long octet, string why)
    {
        if (DamagedAt is null)
        {
            DamagedAt = octet;
            Damage = why;
        }
    }
}
