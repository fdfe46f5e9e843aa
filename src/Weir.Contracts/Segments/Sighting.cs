// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;

namespace Weir.Contracts.Segments;

/// <summary>What a contact with a listed endpoint amounts to (statistics.md B.1). Ordered: the
/// larger weighs more.</summary>
public enum ContactKind : byte
{
    /// <summary>Unanswered, or refused: never an infection.</summary>
    Attempt,

    /// <summary>Answered by RST alone.</summary>
    AnsweredProbe,

    /// <summary>Sampled traffic, one direction seen, beyond a bare SYN.</summary>
    OneSided,

    /// <summary>Traffic both ways that qualifies.</summary>
    Exchange,
}

/// <summary>Contact windows of one kind of a subject with a listed endpoint.</summary>
/// <param name="Subject">Pseudonym, or the address block in the lab profile.</param>
/// <param name="Endpoint">The remote end as contacted, with its real port.</param>
/// <param name="List">Name of the list whose entry matched.</param>
/// <param name="Kind">What it amounts to.</param>
/// <param name="FirstMs">Start of the first flow, milliseconds since the UNIX epoch.</param>
/// <param name="LastMs">End of the last flow.</param>
/// <param name="Contacts">Contact windows of ten minutes that this row stands for.</param>
/// <param name="Role">Role of the entry: <see cref="ListRole.C2"/> or <see cref="ListRole.Sinkhole"/>.</param>
/// <param name="Confidence">Of the entry, 0 to 100.</param>
/// <param name="Sources">Lists of that role that named the endpoint at the time; two make it independent.</param>
/// <param name="Family">Malware family as published, or empty.</param>
/// <param name="Source">Who told of the latest flow; for the event, not stored: nobody where digests tell.</param>
/// <param name="Doubt">Why it is not corroborated; one that is not becomes an event and is not stored.</param>
public readonly record struct Sighting(
    SubjectKey Subject,
    Endpoint Endpoint,
    string List,
    ContactKind Kind,
    long FirstMs,
    long LastMs,
    uint Contacts,
    ListRole Role = ListRole.C2,
    byte Confidence = 100,
    byte Sources = 1,
    string Family = "",
    FlowSource Source = default,
    EvidenceDoubt Doubt = EvidenceDoubt.None)
{
    /// <summary>When that of its contacts began which was told while its window was open; 0 where none was. In no
    /// segment.</summary>
    public long ToldMs { get; init; }
}
