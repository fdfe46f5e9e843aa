// SPDX-License-Identifier: Apache-2.0
//
// Every rule that may raise an event, one row each: what its event may be looked at for, what may be done because of
// it, in what it measures, and which words a customer reads. Whoever needs one of these asks here, so a new rule is a
// folder of the collector and a row; a test finds what a row lacks.
using System.Collections.Frozen;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Events;

/// <summary>Names of the rules, as reports, cases and the audit write them.</summary>
public static class RuleId
{
    public const string FloodOut = "flood-out";
    public const string SynFloodOut = "syn-flood-out";
    public const string ReflectionOut = "reflection-out";
    public const string FloodIn = "flood-in";
    public const string Spam = "spam";
    public const string Scan = "scan";
    public const string Spoof = "spoof";
    public const string CncContact = "cnc-contact";

    /// <summary>Every rule, in the order of the catalogue.</summary>
    public static IReadOnlyList<string> All { get; } = [.. DetectionRules.All.Select(rule => rule.Id)];
}

/// <summary>Kinds of traffic that people ask for, and that an event may open a part of.</summary>
[Flags]
public enum TrafficKinds : byte
{
    None = 0,

    /// <summary>To and from ports of mail.</summary>
    Mail = 1,

    /// <summary>Other TCP.</summary>
    Tcp = 2,

    Udp = 4,

    /// <summary>Further ports of an address whose traffic is open.</summary>
    OtherPorts = 8,
}

/// <summary>How pressing a case is.</summary>
public enum CaseSeverity : byte
{
    /// <summary>It waits: the line is a victim, or the customer asked.</summary>
    Low = 1,

    /// <summary>It harms or troubles others.</summary>
    Medium,

    /// <summary>Somebody else has command of the line, or it attacks now.</summary>
    High,
}

/// <summary>A row of <see cref="DetectionRules"/>.</summary>
/// <param name="Id">One of <see cref="RuleId"/>.</param>
/// <param name="Purpose">What its event may be looked at for (rules.md R1).</param>
/// <param name="Actions">What may be done because of it (rules.md R14).</param>
/// <param name="Units">In what it measures; every unit of its events is one of these.</param>
/// <param name="Trait">What each flow must show where the class names no far end.</param>
public sealed record DetectionRule(
    string Id, Purpose Purpose, ScopeActions Actions, IReadOnlyList<string> Units, FlowTrait Trait = FlowTrait.None)
{
    /// <summary>Whether it says who talks to a listed endpoint, which nobody sees outside a case (rules.md
    /// R11).</summary>
    public bool IsContact { get; init; }

    /// <summary>Whether it says that others attack the line: its customer has nothing to clean.</summary>
    public bool IsOfVictim { get; init; }

    /// <summary>Whether who does it is most likely a bot's: what such lines share is compared apart, whatever lists
    /// say.</summary>
    public bool IsOfBot { get; init; }

    /// <summary>Of what its event opens one class, for who asks what would open something.</summary>
    public TrafficKinds Opens { get; init; }

    /// <summary>Whether what else its event says tells where a subject is connected.</summary>
    public bool IsPlacedByDetail { get; init; }

    /// <summary>How pressing its case is before anything is known of its size.</summary>
    public CaseSeverity Severity { get; init; } = CaseSeverity.Medium;

    /// <summary>Begin of the keys of what a customer reads: <c>finding.scan</c>, which <c>.heading</c>, <c>.about</c>
    /// and <c>.todo</c> follow in each language's catalogue.</summary>
    public string Words => $"finding.{Id}";
}

/// <summary>The catalogue.</summary>
public static class DetectionRules
{
    private const ScopeActions OfSource = ScopeActions.Read | ScopeActions.Count
        | ScopeActions.Notify | ScopeActions.Block | ScopeActions.Disclose;

    /// <summary>Who is attacked is told, not closed.</summary>
    private const ScopeActions OfVictim = OfSource & ~ScopeActions.Block;

    /// <summary>Every rule.</summary>
    public static IReadOnlyList<DetectionRule> All { get; } =
    [
        new(RuleId.FloodOut, Purpose.DdosSource, OfSource, ["packets/s", "bits/s"])
        {
            Severity = CaseSeverity.High, Opens = TrafficKinds.Udp, IsOfBot = true,
        },
        new(RuleId.SynFloodOut, Purpose.DdosSource, OfSource, ["packets/s"], FlowTrait.BareSyn)
        {
            Severity = CaseSeverity.High, Opens = TrafficKinds.Tcp, IsOfBot = true,
        },
        new(RuleId.ReflectionOut, Purpose.DdosSource, OfSource, ["bits/s"], FlowTrait.FromService)
        {
            Severity = CaseSeverity.High, Opens = TrafficKinds.Udp,
        },
        new(RuleId.FloodIn, Purpose.NetworkIntegrity, OfVictim, ["packets/s", "bits/s"], FlowTrait.FromService)
        {
            IsOfVictim = true, Severity = CaseSeverity.Low,
        },
        new(RuleId.Spam, Purpose.SpamSource, OfSource, ["connections/min"], FlowTrait.Mail)
        {
            Opens = TrafficKinds.Mail, IsOfBot = true,
        },
        new(
            RuleId.Scan, Purpose.ScanSource, OfSource, ["remotes/min", "ports/min", "remotes/10min"],
            FlowTrait.Unanswered)
        {
            Opens = TrafficKinds.Tcp, IsOfBot = true,
        },
        new(RuleId.Spoof, Purpose.Spoofing, OfSource, ["packets/min"]) { IsPlacedByDetail = true },
        new(RuleId.CncContact, Purpose.CncContact, OfSource, ["exchanges"])
        {
            IsContact = true, Severity = CaseSeverity.High, Opens = TrafficKinds.Tcp | TrafficKinds.OtherPorts,
        },
    ];

    private static readonly FrozenDictionary<string, DetectionRule> ById =
        All.ToFrozenDictionary(rule => rule.Id, StringComparer.Ordinal);

    /// <summary>The row of a rule; null where there is none of this name.</summary>
    public static DetectionRule? Find(string id) => ById.GetValueOrDefault(id);

    /// <summary>The row of a rule.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none of this name.</exception>
    public static DetectionRule Get(string id) => Find(id) ?? throw new ArgumentOutOfRangeException(
        nameof(id), id, "No rule of this name is in the catalogue (DetectionRules).");

    /// <summary>The rule of a trigger, <c>scan</c> of <c>scan/1</c>; also what stands before the stroke of one that is
    /// no rule's, <c>complaint</c> of <c>complaint/xarf</c>.</summary>
    public static string IdOf(string trigger)
    {
        var stroke = trigger.IndexOf('/');
        return stroke < 0 ? trigger : trigger[..stroke];
    }
}
