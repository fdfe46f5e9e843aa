// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Braking;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Policy;

/// <summary>Why a scope is sealed and what opens it: the one text of each kind, which the policy engine, the people's
/// API, the command line and the console say (rules.md R4, R21).</summary>
internal static class ScopeSeals
{
    /// <summary>The refusal of whoever reads or acts; null where the scope is not sealed.</summary>
    public static Decision.Deny? Of(ScopeStatus scope) =>
        scope.State == ScopeState.Sealed ? new(
            DenyCode.TooManyScopes,
            $"Sealed{Until(scope)}: its line had its full number of open scopes, so it waits for the privacy officer's "
                + "review, which opens it.")
        : scope.Doubt != EvidenceDoubt.None && scope.Scope.Purpose != Purpose.RemediationCheck ? new(
            DenyCode.NotCorroborated,
            $"Sealed{Until(scope)}: {EvidenceDoubts.ToSentence(scope.Doubt)}; no review opens it, and fresh "
                + "corroborated evidence opens a scope beside it.")
        : scope.IsBraked ? new(
            DenyCode.EntryHeld,
            $"Sealed{Until(scope)}: the brake holds {NetworkOf(scope)}, or the update that listed it: more lines met it "
                + "in a day than may become cases. Two people release or drop it: weir watchlist networks shows what "
                + "is held, weir watchlist decide asks.")
        : null;

    private static string NetworkOf(ScopeStatus scope) =>
        ListedNetwork.TryNetwork(scope.Scope.Purpose, scope.Scope.Class.Predicate, out var network)
            ? network.ToString() : "its listed network";

    /// <summary>When it ends, sealed or not; fresh evidence moves it.</summary>
    private static string Until(ScopeStatus scope) => string.Create(
        CultureInfo.InvariantCulture,
        $" until {DateTimeOffset.FromUnixTimeMilliseconds(scope.UntilMs):yyyy-MM-dd HH:mm} UTC");
}
