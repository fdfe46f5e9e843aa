// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.AccessControl;
using Weir.Contracts.Scopes;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Radius;

namespace Weir.Vault.Gardening;

/// <summary>A line on its way into a garden or out of it.</summary>
/// <param name="Case">Whose.</param>
/// <param name="Line">As the provider's records name it.</param>
/// <param name="Networks">What it has now, its own alone.</param>
/// <param name="Exempt">What stays open, for a program; a NAS has it in its filters.</param>
internal sealed record WalledGardenLine(
    CaseId Case, string Line, IReadOnlyList<string> Networks, IReadOnlyList<string> Exempt);

/// <summary>What the access system made of one session, or of the line.</summary>
/// <param name="IsDone">It confirmed it.</param>
/// <param name="IsGone">It knows no such session, so nothing is restricted there.</param>
/// <param name="Reply">What it said, without names.</param>
internal readonly record struct EnforcementResult(bool IsDone, bool IsGone, string Reply);

/// <summary>How a line gets into a garden. Every call ends within the patience that is configured, with an answer; safe
/// for any thread.</summary>
internal interface IEnforcementBackend
{
    /// <summary><c>radius</c> or <c>script</c>.</summary>
    string Name { get; }

    /// <summary>False where one call is for the whole line, whatever sessions it has.</summary>
    bool IsPerSession { get; }

    /// <param name="line">Which line.</param>
    /// <param name="sessions">One session where it is per session, else all that are known.</param>
    /// <param name="garden">Which garden.</param>
    /// <param name="cancel">Gives up at once.</param>
    Task<EnforcementResult> ApplyAsync(
        WalledGardenLine line, IReadOnlyList<SubscriberSession> sessions, WalledGarden garden,
        CancellationToken cancel);
}
