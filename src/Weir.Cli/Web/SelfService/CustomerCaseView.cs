// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Desk.Links;

namespace Weir.Cli.Web.SelfService;

/// <summary>What a customer sees of a case. Scopes stand side by side and are never merged (rules.md R4).</summary>
/// <param name="Id">Its number, for a talk with the provider.</param>
/// <param name="IsClosed">Nothing further is expected.</param>
/// <param name="KeptUntil">When everything is erased; null while the case is open.</param>
/// <param name="KeptDays">Days from its close until then.</param>
/// <param name="Scopes">One for each reason.</param>
internal sealed record CustomerCaseView(
    CaseId Id, bool IsClosed, DateTimeOffset? KeptUntil, int KeptDays, IReadOnlyList<CustomerScopeView> Scopes)
{
    /// <summary>Whether a check runs now.</summary>
    public bool IsChecking => Scopes.Any(s => s.Check is { IsRunning: true });

    /// <summary>Whether the customer could have a check begun.</summary>
    public bool IsCheckable => !IsChecking && Scopes.Any(s => s.Matter != FindingKind.Attacked);
}

/// <summary>One scope.</summary>
/// <param name="Facts">Its facts, as a notice tells them.</param>
/// <param name="Class">What it may look at.</param>
/// <param name="Matter">What it is about, for the advice.</param>
/// <param name="Done">What stands now because of it.</param>
/// <param name="Check">The latest check of its class; null where there was none.</param>
internal sealed record CustomerScopeView(
    NoticeFacts Facts, FlowPredicate Class, FindingKind Matter, IReadOnlyList<ActiveMeasure> Done,
    CustomerCheckView? Check);

/// <summary>A check after a clean-up: whether and how often, never what (worked example 13).</summary>
/// <param name="IsRunning">It is not over.</param>
/// <param name="From">Since when it counts.</param>
/// <param name="Until">Its end.</param>
/// <param name="Count">How often the class was seen; null while nobody can count.</param>
/// <param name="IsClean">It is known to be clean: it was silent, all of the silence was watched, and the line was
/// active (worked example 19).</param>
/// <param name="IsUnknown">It was silent long enough, and not all of it was watched: nobody can tell yet.</param>
internal sealed record CustomerCheckView(
    bool IsRunning, DateTimeOffset From, DateTimeOffset Until, long? Count, bool IsClean = false,
    bool IsUnknown = false);

/// <summary>What a scope is about, as far as advice differs.</summary>
internal enum FindingKind : byte
{
    Bot = 1,
    Flood,
    Reflection,
    Spam,
    Scan,
    Spoof,
    Attacked,
    Complaint,
}
