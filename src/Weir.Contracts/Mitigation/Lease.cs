// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Mitigation;

/// <summary>Number of a lease, written <c>b-</c> and 16 hexadecimal digits.</summary>
public readonly record struct LeaseId(ulong Number)
{
    public static bool TryParse(string text, out LeaseId id)
    {
        var known = IdText.TryParse(text, "b-", out var number);
        id = new(number);
        return known;
    }

    public override string ToString() => IdText.Write("b-", Number);
}

/// <summary>How many a block hits beside those it is for (rules.md R15).</summary>
/// <param name="NonCaseSubjects">Subjects without a case that used what is blocked.</param>
/// <param name="Subjects">Subjects the provider has.</param>
/// <param name="CountedAt">When it was counted, UTC.</param>
public readonly record struct Collateral(int NonCaseSubjects, int Subjects, DateTimeOffset CountedAt)
{
    /// <summary>The most who are not infected that a block by address may hit (rules.md R15).</summary>
    public static int Ceiling(int subjects) => Math.Max(5, Math.Min(subjects / 1_000, 100));

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{NonCaseSubjects} of {Subjects} subjects");

    /// <summary>The same as people may read it (rules.md R11).</summary>
    public string Shown(CountRounding shown) => $"{shown.Format(NonCaseSubjects)} of {shown.Format(Subjects)} subjects";
}

/// <summary>Why a block is justified: the fields of ENISA's form (rules.md section 4, EU
/// 2015/2120 Art 3(3)(b)).</summary>
/// <param name="Threat">What threatens whom.</param>
/// <param name="Necessity">Why blocking, and why this.</param>
/// <param name="Alternatives">What milder means were weighed.</param>
/// <param name="Collateral">Who else is hit; none where it was not counted, which only a block for one line or of a
/// name may go without.</param>
public sealed record Justification(string Threat, string Necessity, string Alternatives, Collateral? Collateral)
{
    /// <summary>What is missing; null where the form is filled.</summary>
    public string? Fault =>
        string.IsNullOrWhiteSpace(Threat) ? "the threat is not stated"
        : string.IsNullOrWhiteSpace(Necessity) ? "the necessity is not stated"
        : string.IsNullOrWhiteSpace(Alternatives) ? "the alternatives are not stated"
        : null;
}

/// <summary>A block with an end. Plain values, as the journal keeps them; that it was approved is in its state, which
/// only the block desk moves on.</summary>
public sealed record Lease
{
    internal Lease()
    {
    }

    public required LeaseId Id { get; init; }

    public required MitigationTarget Target { get; init; }

    public required Justification Justification { get; init; }

    /// <summary>The case it is for; 0 for a confirmed endpoint without one.</summary>
    public CaseId Case { get; init; }

    public required LeaseState State { get; init; }

    public required string PlannedBy { get; init; }

    public required DateTimeOffset PlannedAt { get; init; }

    /// <summary>The two people who gave leave, <c>asker, giver</c>; empty while it is planned.</summary>
    public string ApprovedBy { get; init; } = "";

    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>When it ends whatever happens, UTC; while it is planned, when the plan is void.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Since when it stands so.</summary>
    public required DateTimeOffset StateAt { get; init; }

    /// <summary>When somebody was last seen trying to reach what is blocked; where the evidence stops the
    /// block ends (R15).</summary>
    public required DateTimeOffset EvidenceAt { get; init; }

    /// <summary>Why it stands so; for one that is over, why it ended.</summary>
    public LeaseReason Reason { get; init; } = LeaseReasonCode.None;

    /// <summary>When a router or resolver first answered that it holds it, UTC; null where none ever did.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>Who holds it, as they answered last.</summary>
    public Confirmation Confirmed { get; init; }

    /// <summary>Whether a router or resolver answered that it holds it now. What is only approved or announced is not
    /// in force.</summary>
    public bool IsInForceAt(DateTimeOffset now) => State == LeaseState.Verified && now < EndsAt;

    /// <summary>Whether routers and resolvers should hold it. One whose line was forgotten never is.</summary>
    public bool IsActiveAt(DateTimeOffset now) =>
        State is LeaseState.Approved or LeaseState.Announced or LeaseState.Verified
        && now < EndsAt
        && (!Target.IsForOneLine || Target.Line is not null);
}
