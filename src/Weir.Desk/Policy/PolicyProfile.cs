// SPDX-License-Identifier: Apache-2.0
//
// The rules of looking as one value (rules.md): every number that a rule names, read once at the start and never
// changed while the program runs. Which numbers are allowed stands in PolicyLimits.
using System.Collections.Immutable;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Policy;

/// <summary>What happens without a person (R14).</summary>
[Flags]
public enum AutomaticActions : byte
{
    None = 0,

    /// <summary>The customer is told.</summary>
    Notify = 1,

    /// <summary>A confirmed and dedicated endpoint is closed for the customer.</summary>
    BlockDedicated = 2,
}

/// <summary>The policy in force. Read by <see cref="PolicyReader"/>; the three that come with Weir are
/// <see cref="UsProvider"/>, <see cref="EuProvider"/> and <see cref="Lab"/>.</summary>
public sealed record PolicyProfile
{
    /// <summary>The strict default.</summary>
    public static PolicyProfile UsProvider => BuiltIn.Us.Value;

    public static PolicyProfile EuProvider => BuiltIn.Eu.Value;

    /// <summary>For public or self-made data only: subjects stand in clear, k and the base do not apply.</summary>
    public static PolicyProfile Lab => BuiltIn.Lab.Value;

    /// <summary>The policy's own name, as reports and the audit write it.</summary>
    public string Name { get; init; } = "";

    /// <summary>Which of the three profiles it is a form of: <c>us-provider</c>,
    /// <c>eu-provider</c> or <c>lab</c>.</summary>
    public string Profile { get; init; } = "";

    /// <summary>Whether subjects stand in clear; only in <c>lab</c>.</summary>
    public bool ShowsSubjects { get; init; }

    /// <summary>Fewest distinct subjects behind a published cell (R11).</summary>
    public int K { get; init; }

    /// <summary>The value under which no policy brings <see cref="K"/>.</summary>
    public int KFloor { get; init; }

    /// <summary>Fewest subjects a population report may rest on (R11).</summary>
    public int BaseMinimum { get; init; }

    /// <summary>Published counts are rounded to multiples of it (R11).</summary>
    public int Rounding { get; init; }

    /// <summary>Length of the ring buffer of flows, minutes (R10).</summary>
    public int RingMinutes { get; init; }

    /// <summary>Days that pair digests are kept (R10).</summary>
    public int PairDigestDays { get; init; }

    /// <summary>Days that the map from addresses to subjects is kept (R10).</summary>
    public int IdentityDays { get; init; }

    /// <summary>Hours of history of the mechanical counters (R10).</summary>
    public int CounterHours { get; init; }

    /// <summary>Days that a scope's evidence outlives its case (R10).</summary>
    public int EvidenceDaysAfterClose { get; init; }

    /// <summary>Days that audit entries are kept at least (R10).</summary>
    public int AuditDays { get; init; }

    /// <summary>How far a scope reaches back before the first evidence, minutes (R5).</summary>
    public int ScopeBeforeMinutes { get; init; }

    /// <summary>How far a scope reaches beyond the last evidence, minutes (R5).</summary>
    public int ScopeAfterMinutes { get; init; }

    /// <summary>Hours after which a scope ends unless fresh evidence renews it (R5).</summary>
    public int ScopeCapHours { get; init; }

    /// <summary>Days after which a remediation check ends (R5).</summary>
    public int RemediationDays { get; init; }

    /// <summary>Hours of a scope that a customer asked for (R20).</summary>
    public int DiagnosisHours { get; init; }

    /// <summary>Scopes of one subject that may be open at once (R4).</summary>
    public int MaxOpenScopes { get; init; }

    /// <summary>Minutes that a disclosure is shown (R9).</summary>
    public int DisclosureMinutes { get; init; }

    /// <summary>Days that a block lives (R15).</summary>
    public int BlockDays { get; init; }

    /// <summary>What happens without a person (R14).</summary>
    public AutomaticActions Automatic { get; init; }

    /// <summary>So many refusals of one actor within 24 hours tell the privacy officer.</summary>
    public int RefusalsToNotify { get; init; }

    /// <summary>The purposes that may be named (R1).</summary>
    public ImmutableArray<Purpose> Purposes { get; init; } = [];

    /// <summary>SHA-256 of the policy's text, hexadecimal: what the audit and the transparency report name.</summary>
    public string Digest { get; init; } = "";

    /// <summary>How far scopes reach.</summary>
    public ScopeLimits ScopeLimits => new()
    {
        BeforeMs = ScopeBeforeMinutes * 60_000L,
        AfterMs = ScopeAfterMinutes * 60_000L,
        CapMs = ScopeCapHours * 3_600_000L,
        CheckMs = RemediationDays * 86_400_000L,
        CheckAfterMs = ShowsSubjects ? long.MaxValue : EvidenceDays * 86_400_000L,
    };

    /// <summary>Days after which evidence goes by the flows' own time, whatever the cases say (R10): ninety, or more
    /// where a signed policy says so, and the longest scope.</summary>
    public int EvidenceDays => Math.Max(90, EvidenceDaysAfterClose) + ((ScopeCapHours + 23) / 24);

    private static class BuiltIn
    {
        public static readonly Lazy<PolicyProfile> Us = new(() => PolicyReader.BuiltIn("us-provider"));
        public static readonly Lazy<PolicyProfile> Eu = new(() => PolicyReader.BuiltIn("eu-provider"));
        public static readonly Lazy<PolicyProfile> Lab = new(() => PolicyReader.BuiltIn("lab"));
    }
}
