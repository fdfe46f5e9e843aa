// SPDX-License-Identifier: Apache-2.0
//
// What a mechanical trigger says: who, by which rule, what was measured against which threshold. That record is the
// proof that looking was not random (statistics.md B.11). An event opens once, grows, and closes once.
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Events;

public enum EventPhase : byte
{
    Opened,
    Grown,
    Closed,
}

/// <summary>What an event was found in.</summary>
public enum EventOrigin : byte
{
    /// <summary>Flows, as they came: the collector's.</summary>
    Flows,

    /// <summary>Sums by the hour, looking back under a promotion: the store's. Flows of before are not kept.</summary>
    Digests,
}

/// <summary>A rule that fired. Times are milliseconds since the UNIX epoch, UTC, of the flows' own clock.</summary>
public sealed record QualityEvent
{
    /// <summary>The same for all phases of one event.</summary>
    public required ulong Number { get; init; }

    public required EventPhase Phase { get; init; }

    /// <summary>Pseudonym of the epoch of <see cref="FromMs"/>; the address block in the lab profile.</summary>
    public required SubjectKey Subject { get; init; }

    /// <summary>One of <see cref="RuleId"/>.</summary>
    public required string Rule { get; init; }

    /// <summary>Raised whenever the rule's meaning changes.</summary>
    public required int RuleVersion { get; init; }

    /// <summary>The part of the subject's traffic it is about; null for a source that is no subject's (spoof), which
    /// opens no scope.</summary>
    public required TrafficClass? Class { get; init; }

    /// <summary>The port the rule speaks of, where it is not the class's: a reflector's own
    /// service; 0 = none.</summary>
    public ushort ServicePort { get; init; }

    /// <summary>First and last evidence.</summary>
    public required long FromMs { get; init; }

    public required long UntilMs { get; init; }

    /// <summary>Flow time at which the rule had enough.</summary>
    public required long TriggeredMs { get; init; }

    /// <summary>The largest value so far, and what it was held against.</summary>
    public required double Measured { get; init; }

    public required double Threshold { get; init; }

    /// <summary>Of both, such as <c>packets/s</c>, <c>remotes/min</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>Seconds over which it was measured.</summary>
    public required int WindowSeconds { get; init; }

    /// <summary>One packet in so many; 1 = unsampled.</summary>
    public required uint SamplingInterval { get; init; }

    /// <summary>Who exported the flows that mattered most; the unspecified address of what was found in digests, which
    /// keep no exporter.</summary>
    public required IpKey Exporter { get; init; }

    /// <summary>The exporter's observation domain that told them.</summary>
    public uint Domain { get; init; }

    /// <summary>SNMP index of the interface that they came in by; 0 = not told.</summary>
    public uint Interface { get; init; }

    /// <summary>Why not all of its evidence is corroborated.</summary>
    public EvidenceDoubt Doubt { get; init; }

    /// <summary>End of the last evidence that is corroborated; 0 where none is.</summary>
    public long CorroboratedMs { get => Doubt == EvidenceDoubt.None ? UntilMs : Math.Min(field, UntilMs); init; }

    /// <summary>What else an officer should know, in words: a named amplification, the sampled
    /// form of a rule.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Lists that name the far end with the role that decides; 0 where none has a part in it, or it was not
    /// told.</summary>
    public int Sources { get; init; }

    /// <summary>What it was found in.</summary>
    public EventOrigin Origin { get; init; }

    /// <summary>Of what was found in digests: the promotion with the signatures of two, as records write it; empty for
    /// flows, and in a lab.</summary>
    public string Promotion { get; init; } = "";

    /// <summary>Rule and version, as a scope names its trigger.</summary>
    public string Trigger => $"{Rule}/{RuleVersion}";
}
