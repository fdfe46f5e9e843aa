// SPDX-License-Identifier: Apache-2.0
//
// truth.json, schema weir.lab-truth/1: what a perfect reader of the exported records could know. Times are milliseconds
// since the UNIX epoch. An exchange is a ten-minute window in which the exported records show packets both ways by the
// rule of Weir's design (TCP: ACK with PSH or FIN outbound and an answer other than RST, or three packets each way;
// UDP: both directions). All counts are of exported records, after sampling.
using System.Text.Json.Serialization;

namespace Weir.Lab.Telling;

/// <summary>The truth beside the traffic.</summary>
public sealed record Truth
{
    public const string SchemaName = "weir.lab-truth/1";

    public string Schema { get; init; } = SchemaName;

    public required TruthRun Run { get; init; }

    public required TruthTotals Totals { get; init; }

    public required IReadOnlyList<string> Networks { get; init; }

    public required IReadOnlyList<TruthBot> Bots { get; init; }

    public required IReadOnlyList<TruthCnc> HiddenCncs { get; init; }

    public required IReadOnlyList<TruthCnc> KnownCncs { get; init; }

    public required IReadOnlyList<TruthWrongEntry> WrongEntries { get; init; }

    public required IReadOnlyList<TruthEndpoint> VendorClouds { get; init; }

    public required IReadOnlyList<TruthEndpoint> Helpers { get; init; }

    public required IReadOnlyList<TruthEvent> Events { get; init; }

    /// <summary>What every endpoint of a botnet is to it; null in a run without jobs or real bots.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TruthRole>? Roles { get; init; }

    /// <summary>Nets whose bots speak with peers; null in a run without jobs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TruthPeerNet>? PeerNets { get; init; }
}

/// <summary>How the run was made.</summary>
public sealed record TruthRun(
    int Subscribers, int Seconds, int Bots, int Nets, ulong Seed, long StartMs, long EndMs, string Protocol,
    uint SamplingInterval, int Exporters, int Ipv6PrefixLength)
{
    /// <summary>Which jobs bots have; null where none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Jobs { get; init; }

    /// <summary>Whose behaviour is cloned, such as V42; null where nobody's. The hours of its contacts are invented.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RealBot { get; init; }
}

/// <summary>What was sent. Flows are flow records (sFlow: packet samples) that left; datagrams include
/// those of templates; options records are those that count in the sequence though they are no flows.</summary>
public sealed record TruthTotals(
    long Flows, long Packets, long Octets, long Datagrams, long DatagramOctets, long ListEntries,
    int BotsWithListedExchange, int CleanWithListedExchange, int HiddenCncsBelowHalfPercent)
{
    public long OptionsRecords { get; init; }
}

/// <summary>An infected subscriber.</summary>
/// <param name="Subject">IPv4 address or IPv6 prefix.</param>
/// <param name="Net">Its botnet.</param>
/// <param name="OnsetMs">When it was infected; may lie before the run.</param>
/// <param name="KnownCncs">Listed C&amp;Cs with an exported exchange or one side of it.</param>
/// <param name="HiddenCncs">The same, not listed.</param>
/// <param name="ListedExchanges">Ten-minute windows with an exchange with a listed endpoint.</param>
/// <param name="ListedOneSided">Under sampling: windows with outbound packets beyond a SYN and nothing back.</param>
/// <param name="FirstListedMs">Start of the first listed exchange; 0 = none.</param>
public sealed record TruthBot(
    string Subject, int Net, long OnsetMs, IReadOnlyList<string> KnownCncs, IReadOnlyList<string> HiddenCncs,
    int ListedExchanges, int ListedOneSided, long FirstListedMs);

/// <summary>A C&amp;C.</summary>
/// <param name="Endpoint">address:port/protocol.</param>
/// <param name="Remote">The address alone.</param>
/// <param name="Port">The port alone.</param>
/// <param name="Protocol">tcp or udp.</param>
/// <param name="Net">The botnet it commands.</param>
/// <param name="Kind">known, dedicated or shared.</param>
/// <param name="Bots">Bots with an exported exchange.</param>
/// <param name="KnownBots">Those of them that also have an exchange with a listed endpoint.</param>
/// <param name="Others">Clean subscribers with an exported exchange.</param>
/// <param name="OthersShare">Others by clean subscribers.</param>
public sealed record TruthCnc(
    string Endpoint, string Remote, int Port, string Protocol, int Net, string Kind, int Bots, int KnownBots,
    int Others, double OthersShare);

/// <summary>A list entry that is no C&amp;C.</summary>
/// <param name="Endpoint">address:port/protocol.</param>
/// <param name="CleanSubjects">Those with an exported exchange, at most 100.</param>
/// <param name="CleanCount">All of them.</param>
/// <param name="Allowed">The allow-list of the run names it.</param>
public sealed record TruthWrongEntry(string Endpoint, IReadOnlyList<string> CleanSubjects, int CleanCount, bool Allowed)
{
    /// <summary>Under sampling: clean subjects of whom only one side of a contact was exported, at most 100.</summary>
    public IReadOnlyList<string> CleanOneSided { get; init; } = [];
}

/// <summary>A benign endpoint that bots like.</summary>
public sealed record TruthEndpoint(string Endpoint, int Bots, int Others, double OthersShare);

/// <summary>An endpoint that a botnet uses.</summary>
/// <param name="Endpoint">address:port/protocol.</param>
/// <param name="Role">command, advert, mail-exchange, victim, download, downloader, peer, swarm (of people who
/// share files), pool, update, other, vendor, helper.</param>
/// <param name="Net">The botnet, or -1.</param>
/// <param name="Bots">Bots with an exported exchange, or one side of it under sampling.</param>
/// <param name="KnownBots">Those of them that also have an exchange with a listed endpoint.</param>
/// <param name="Others">Clean subscribers, where the place is none of the ordinary ones too.</param>
public sealed record TruthRole(string Endpoint, string Role, int Net, int Bots, int KnownBots, int Others);

/// <summary>A botnet whose bots speak with peers.</summary>
/// <param name="Net">The botnet.</param>
/// <param name="Only">It has no server at all.</param>
/// <param name="Peers">Peers that a bot exchanged packets with.</param>
/// <param name="Bots">Its bots with an exported exchange with at least two of them.</param>
public sealed record TruthPeerNet(int Net, bool Only, int Peers, IReadOnlyList<string> Bots);

/// <summary>An attack, as reports name its rule; flood-in names the suffering line.</summary>
public sealed record TruthEvent(
    string Rule, string Subject, string Protocol, int Port, string? Remote, long FromMs, long UntilMs,
    long ExportedFlows);
