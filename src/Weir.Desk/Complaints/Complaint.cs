// SPDX-License-Identifier: Apache-2.0
//
// What is left of a third party's complaint: who is meant, when, towards what, and who says so on what proof (rules.md
// R2). No text, no mail, no name of a customer, no sample is kept.
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Desk.Complaints;

/// <summary>The formats that are read.</summary>
public enum ComplaintStandard : byte
{
    /// <summary>XARF 4.x, JSON.</summary>
    Xarf4 = 1,

    /// <summary>X-ARF v3, JSON; converted.</summary>
    Xarf3,

    /// <summary>Abuse Reporting Format, mail (RFC 5965, RFC 6650, RFC 6692).</summary>
    Arf,

    /// <summary>Shadowserver report, CSV with a header.</summary>
    Shadowserver,
}

/// <summary>One complaint about one source at one time.</summary>
public sealed record Complaint
{
    public required ComplaintStandard Standard { get; init; }

    /// <summary>The address complained about.</summary>
    public required IpKey Source { get; init; }

    /// <summary>Its port, which tells subscribers behind one address apart; null where not given.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>When it was seen, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>IANA protocol number; 0 = not told.</summary>
    public byte Protocol { get; init; }

    public IpKey? Target { get; init; }

    public ushort? TargetPort { get; init; }

    /// <summary>Category and type in the format's own words: <c>connection/ddos</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What it is about. The purpose of looking is complaint handling, whatever this says.</summary>
    public required Purpose About { get; init; }

    /// <summary>SHA-256 of the reporter's own number of it, hexadecimal: tells the same complaint again.</summary>
    public required string Reference { get; init; }
}

/// <summary>A row that is no complaint that could be followed.</summary>
/// <param name="Row">Line of the file, from 1; 0 = the whole file.</param>
/// <param name="Why">What is wrong and with which field.</param>
public readonly record struct RowFault(int Row, string Why);

/// <summary>What a file held. It is refused whole, or every row of it is a complaint or counted as a fault.</summary>
/// <param name="Standard">Format, or null where none was recognised.</param>
/// <param name="Complaints">Rows that can be followed.</param>
/// <param name="Faults">Rows that cannot.</param>
/// <param name="Why">Why the file is refused whole; empty where it is not.</param>
public sealed record ComplaintParseResult(
    ComplaintStandard? Standard, IReadOnlyList<Complaint> Complaints, IReadOnlyList<RowFault> Faults, string Why)
{
    public static ComplaintParseResult Refused(ComplaintStandard? standard, string why) => new(standard, [], [], why);

    internal static ComplaintParseResult Create(ComplaintStandard standard, Complaint? complaint, string fault) =>
        complaint is null ? new(standard, [], [new RowFault(1, fault)], "") : new(standard, [complaint], [], "");
}
