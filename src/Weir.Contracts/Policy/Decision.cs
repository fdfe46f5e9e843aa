// SPDX-License-Identifier: Apache-2.0
//
// decide(actor, role, purpose, predicate, subject?, interval) → Allow(scope, row filter) | Deny(code) (rules.md section
// 3). The filter is compiled into the store's query, so nothing above it can widen what is read.
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Policy;

/// <summary>Why something was refused. Each is counted and stands in the transparency report (R13).</summary>
public enum DenyCode : byte
{
    /// <summary>No event or authenticated complaint stands behind the wish to look.</summary>
    NoTrigger = 1,

    /// <summary>There is a scope, and this lies outside it.</summary>
    OutOfScope,

    /// <summary>Where else a subject goes, and how many met an endpoint of one's choice, is for the comparison
    /// alone.</summary>
    PopulationPlaneOnly,

    /// <summary>A base below 500.</summary>
    PopulationTooSmall,

    /// <summary>A cell below k and its complement.</summary>
    BelowK,

    /// <summary>No subject can be told from what is given: a complaint without port on CGNAT.</summary>
    Unattributable,

    /// <summary>Payload, names and URLs are never collected.</summary>
    NotCollected,

    /// <summary>Requests of authorities go the provider's legal way.</summary>
    LegalProcess,

    /// <summary>The scope is over and its evidence erased; or what is asked for was published often enough, or not in
    /// time.</summary>
    Expired,

    /// <summary>The role may not.</summary>
    RoleMayNot,

    /// <summary>Two people in different roles are needed.</summary>
    SecondPersonNeeded,

    /// <summary>The scope does not allow the act.</summary>
    ActionNotAllowed,

    /// <summary>The case or scope does not exist, or is not for this actor.</summary>
    Unknown,

    /// <summary>Pairs leave the population plane for nobody.</summary>
    AggregatesOnly,

    /// <summary>Any/any, or more than a class may name.</summary>
    TooWide,

    /// <summary>The complaint's sender could not be authenticated.</summary>
    NotAuthenticated,

    /// <summary>The vault does not answer: who somebody is cannot be told now.</summary>
    VaultDown,

    /// <summary>Five scopes of the subject are open: the event is recorded, its scope waits for review.</summary>
    TooManyScopes,

    /// <summary>The scope's grounds are not corroborated: it is recorded and sealed (R21).</summary>
    NotCorroborated,

    /// <summary>The brake holds the listed network that the scope is about (R21).</summary>
    EntryHeld,
}

/// <summary>The words of refusals.</summary>
public static class DenyCodes
{
    public static string ToName(DenyCode code) => code switch
    {
        DenyCode.NoTrigger => "no-trigger",
        DenyCode.OutOfScope => "out-of-scope",
        DenyCode.PopulationPlaneOnly => "population-plane-only",
        DenyCode.PopulationTooSmall => "population-too-small",
        DenyCode.BelowK => "below-k",
        DenyCode.Unattributable => "unattributable",
        DenyCode.NotCollected => "field-not-collected",
        DenyCode.LegalProcess => "legal-process",
        DenyCode.Expired => "expired",
        DenyCode.RoleMayNot => "role-may-not",
        DenyCode.SecondPersonNeeded => "second-person-needed",
        DenyCode.ActionNotAllowed => "action-not-allowed",
        DenyCode.Unknown => "unknown",
        DenyCode.AggregatesOnly => "aggregates-only",
        DenyCode.TooWide => "too-wide",
        DenyCode.NotAuthenticated => "not-authenticated",
        DenyCode.VaultDown => "vault-down",
        DenyCode.TooManyScopes => "too-many-scopes",
        DenyCode.NotCorroborated => "not-corroborated",
        DenyCode.EntryHeld => "entry-held",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not a refusal."),
    };

    /// <summary>The refusal a word stands for.</summary>
    public static bool TryParse(string word, out DenyCode code)
    {
        code = Array.Find(Enum.GetValues<DenyCode>(), known => ToName(known) == word);
        return code != 0;
    }
}

/// <summary>Rows of one scope that may be read: its predicate, narrowed to what was asked. Only the policy
/// engine makes one.</summary>
public sealed record RowFilter
{
    internal RowFilter(ScopeId scope, FlowPredicate predicate, long fromMs, long untilMs, ScopeFields fields) =>
        (Scope, Predicate, FromMs, UntilMs, Fields) = (scope, predicate, fromMs, untilMs, fields);

    public ScopeId Scope { get; }

    public FlowPredicate Predicate { get; }

    /// <summary>Flow starts, milliseconds since the UNIX epoch: from inclusive, until exclusive.</summary>
    public long FromMs { get; }

    public long UntilMs { get; }

    public ScopeFields Fields { get; }

    /// <summary>What the rows may have been recorded for; empty where the process recorded them itself.</summary>
    public IReadOnlyList<ulong> Bases { get; init; } = [];
}

/// <summary>What the policy engine answers; the audit entry is durable before anybody holds one.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>Leave, with the rows it is for; no filter where the act reads no flows.</summary>
    public sealed record Allow : Decision
    {
        internal Allow(RowFilter? filter) => Filter = filter;

        public RowFilter? Filter { get; }
    }

    /// <summary>A refusal with its code and a sentence for the one who asked.</summary>
    public sealed record Deny(DenyCode Code, string Why) : Decision;
}
