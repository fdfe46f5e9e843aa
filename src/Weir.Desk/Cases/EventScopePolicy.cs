// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Cases;

/// <summary>What may be done because of a rule's event (R14). The purpose of its scope is
/// <see cref="Weir.Contracts.Grounds.ScopeGrounds.PurposeOf"/>.</summary>
internal static class EventScopePolicy
{
    public const ScopeActions OfSource = ScopeActions.Read | ScopeActions.Count
        | ScopeActions.Notify | ScopeActions.Block | ScopeActions.Disclose;
    public const ScopeActions OfReport = ScopeActions.Read
        | ScopeActions.Count | ScopeActions.Notify | ScopeActions.Disclose;

    /// <summary>Who is attacked is told, not closed.</summary>
    public static ScopeActions ActionsOf(string rule) => rule == RuleId.FloodIn ? OfReport : OfSource;

    /// <summary>The epoch of a time (R8).</summary>
    public static uint EpochOf(long ms) => Weir.Contracts.Networks.Epochs.At(ms);
}
