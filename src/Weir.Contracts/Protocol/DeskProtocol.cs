// SPDX-License-Identifier: Apache-2.0
//
// What collectors and the desk say to each other. A collector asks; the desk has no way into it. Events go up and are
// answered when they are durable; scopes, with their grounds, and lists come down by a question that waits for news.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;
using Weir.Contracts.Subjects;

namespace Weir.Contracts.Protocol;

/// <summary>Routes of the desk that collectors and the vault call.</summary>
public static class DeskRoutes
{
    /// <summary>POST <see cref="EventBatch"/> → <see cref="EventReceipt"/>. The same event
    /// again is taken once.</summary>
    public const string Events = "collector/events";

    /// <summary>GET <c>?generation=…&amp;since=N</c> → <see cref="ScopeChanges"/>; waits up to 25 s for
    /// news, then 204.</summary>
    public const string Scopes = "collector/scopes";

    /// <summary>POST <see cref="ScopeReports"/> → <see cref="Done"/>.</summary>
    public const string ScopeReports = "collector/scope-reports";

    /// <summary>GET <c>?version=V</c> → <see cref="ListsNotice"/>; waits up to 25 s for another
    /// version, then 204.</summary>
    public const string Lists = "collector/lists";

    /// <summary>GET <c>?version=V</c> → octets of <see cref="Weir.Contracts.Lists"/> as the
    /// notice digests them.</summary>
    public const string ListsBody = "collector/lists/body";

    /// <summary>POST <see cref="CollectorStatus"/> → <see cref="Done"/>; every five seconds.</summary>
    public const string Status = "collector/status";

    /// <summary>POST <see cref="HeardTime"/> → <see cref="Done"/>: what exporters say the time is.</summary>
    public const string HeardTime = "collector/heard-time";

    /// <summary>Vault. POST <see cref="SubjectScopesAsk"/> → <see cref="SubjectScopesReply"/>: for the customer's own
    /// view (rules.md R19). The vault knows whose the cases are; the desk does not learn it.</summary>
    public const string SubjectScopes = "vault/subject-scopes";
}

/// <summary>Which cases a view is of.</summary>
/// <param name="Cases">Numbers of cases.</param>
public sealed record SubjectScopesAsk(IReadOnlyList<string> Cases)
{
    /// <summary>Most cases of one question.</summary>
    public const int Max = 1_000;
}

/// <param name="Scopes">Of all the cases, in the order asked.</param>
public sealed record SubjectScopesReply(IReadOnlyList<SubjectScope> Scopes);

/// <summary>Events in the order in which they were raised.</summary>
public sealed record EventBatch(IReadOnlyList<Envelope> Events)
{
    /// <summary>Most events of one batch.</summary>
    public const int Max = 1_000;
}

/// <summary>What became of a batch, once it is durable.</summary>
/// <param name="Taken">Events taken for the first time.</param>
/// <param name="Known">Events that were taken before.</param>
/// <param name="Refused">Events that are not believed, by code: to be sent again once that is mended.</param>
public sealed record EventReceipt(int Taken, int Known, IReadOnlyDictionary<string, int> Refused);

/// <summary>Scopes that opened, slid or ended since the asker last heard.</summary>
/// <param name="Generation">Of the desk's memory of changes; another one means that all is told from the start.</param>
/// <param name="Sequence">What to ask from next time.</param>
/// <param name="Whole">These are all the scopes in force; others are over.</param>
/// <param name="Orders">Scopes with their grounds.</param>
/// <param name="Ended">Scopes that are over.</param>
public sealed record ScopeChanges(
    string Generation, long Sequence, bool Whole, IReadOnlyList<ScopeOrderFields> Orders, IReadOnlyList<string> Ended);

/// <summary>What a collector says of scopes it was given.</summary>
public sealed record ScopeReports(IReadOnlyList<ScopeReport> Scopes);

/// <summary>One scope at one collector.</summary>
/// <param name="Scope">Its number.</param>
/// <param name="WholeSinceMs">Flow start from which its evidence is whole, ms since the UNIX epoch; null where it is
/// refused.</param>
/// <param name="Refused">Why it was refused, a code of grounds or <c>no-key</c>; null where it is in force.</param>
public sealed record ScopeReport(string Scope, long? WholeSinceMs, string? Refused);

/// <summary>The lists in force.</summary>
/// <param name="Version">Raised with each change.</param>
/// <param name="Digest">SHA-256 of the body, lower-case hexadecimal.</param>
/// <param name="Octets">Its length.</param>
public sealed record ListsNotice(long Version, string Digest, long Octets);

/// <summary>What the clocks in exporters' messages say, for who erases by age: a witness beside the machine's clock.
/// </summary>
/// <param name="AtMs">Milliseconds since the UNIX epoch.</param>
public sealed record HeardTime(long AtMs);

/// <summary>Nothing more to say.</summary>
public sealed record Done
{
    public static Done It { get; } = new();
}

/// <summary>What a collector is doing: counts since its start, and what it holds.</summary>
public sealed record CollectorStatus
{
    /// <summary>As its event key is named, such as <c>collector</c>.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When this was written, by its clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Sockets listened on, as addresses.</summary>
    public required IReadOnlyList<string> Listeners { get; init; }

    public required FlowTotals Flows { get; init; }

    public required IReadOnlyList<ExporterStatus> Exporters { get; init; }

    public required HeldTotals Held { get; init; }

    /// <summary>Why intake stands still; empty where it runs.</summary>
    public required IReadOnlyList<string> Stopped { get; init; }

    public IReadOnlyList<LossTotal> Losses { get; init; } = [];

    /// <summary>Counters of the detector's work.</summary>
    public required DetectionTotals Detected { get; init; }

    /// <summary>Orders whose grounds were refused, by code.</summary>
    public required IReadOnlyDictionary<string, long> RefusedOrders { get; init; }

    /// <summary>What is wrong with its record; empty where nothing is.</summary>
    public string RecordFault { get; init; } = "";

    /// <summary>Every text of it that is a name, beside its sentences.</summary>
    [JsonIgnore]
    public IEnumerable<string> Names =>
    [
        Name, .. Listeners, .. RefusedOrders.Keys, .. Losses.SelectMany(loss => (string[])[loss.Reason, loss.Unit]),
        .. Exporters.SelectMany(one =>
            (string[])[one.Exporter, one.Protocol, one.Transport, one.SamplingSource]),
    ];
}

/// <summary>Flows since the start: read = attributed + foreign + between subjects + spoofed + excluded + unattributed +
/// outside the window + seen twice.</summary>
public sealed record FlowTotals
{
    public long Datagrams { get; init; }

    public long Octets { get; init; }

    public long Malformed { get; init; }

    /// <summary>Data sets skipped because their template had not come.</summary>
    public long TemplateUnknown { get; init; }

    public long Read { get; init; }

    public long Attributed { get; init; }

    public long Foreign { get; init; }

    public long Internal { get; init; }

    public long Spoofed { get; init; }

    public long Excluded { get; init; }

    public long Unattributed { get; init; }

    public long OutsideWindow { get; init; }

    /// <summary>Told by another exporter too, and counted there.</summary>
    public long SeenTwice { get; init; }
}

/// <summary>One exporter and observation domain.</summary>
public sealed record ExporterStatus
{
    public required string Exporter { get; init; }

    public uint Domain { get; init; }

    /// <summary>Protocols heard, joined with a comma.</summary>
    public required string Protocol { get; init; }

    /// <summary>How it sends: <c>udp</c>, <c>tcp</c> or <c>tls</c>.</summary>
    public string Transport { get; init; } = "udp";

    public long Datagrams { get; init; }

    public long Flows { get; init; }

    /// <summary>Sequence units that never came.</summary>
    public long Missing { get; init; }

    public int Templates { get; init; }

    public long TemplateUnknown { get; init; }

    public long Malformed { get; init; }

    /// <summary>One packet in so many; null where nobody says.</summary>
    public uint? Sampling { get; init; }

    public required string SamplingSource { get; init; }

    /// <summary>Our clock minus the exporter's.</summary>
    public double ClockSkewSeconds { get; init; }

    public DateTimeOffset? LastHeard { get; init; }
}

/// <summary>What arrived and was not used.</summary>
/// <param name="Reason">In an operator's words.</param>
/// <param name="Count">How many.</param>
/// <param name="Unit">Of what.</param>
public sealed record LossTotal(string Reason, long Count, string Unit);

/// <summary>What is held in memory and in the ring, for the retention report.</summary>
public sealed record HeldTotals(
    DateTimeOffset? OldestFlow, long RingFlows, long RingOctets, long CounterSubjects, int Scopes, long SpooledSegments,
    long SpooledOctets);

/// <summary>The detector's work since the start: seen = counted + late + ahead + no room + allowed + at the border.
/// </summary>
public sealed record DetectionTotals
{
    public long Seen { get; init; }

    public long Counted { get; init; }

    public long Late { get; init; }

    public long Ahead { get; init; }

    public long NoRoom { get; init; }

    public long Allowed { get; init; }

    public long AtBorder { get; init; }

    public long DetailsRefused { get; init; }

    public long Evicted { get; init; }

    public long Subjects { get; init; }

    public long Opened { get; init; }

    public long Open { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EventBatch))]
[JsonSerializable(typeof(HeardTime))]
[JsonSerializable(typeof(EventReceipt))]
[JsonSerializable(typeof(SubjectScopesAsk))]
[JsonSerializable(typeof(SubjectScopesReply))]
[JsonSerializable(typeof(ScopeChanges))]
[JsonSerializable(typeof(ScopeReports))]
[JsonSerializable(typeof(ListsNotice))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(CollectorStatus))]
public sealed partial class DeskJson : JsonSerializerContext;
