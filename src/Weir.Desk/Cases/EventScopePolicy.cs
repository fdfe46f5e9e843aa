// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Cases;

/// <summary>What a rule's event allows: the purpose of its scope (R1) and what may be done
/// because of it (R14).</summary>
internal static class EventScopePolicy
{
    public const ScopeActions OfSource = ScopeActions.Read | ScopeActions.Count
        | ScopeActions.Notify | ScopeActions.Block | ScopeActions.Disclose;
    public const ScopeActions OfReport = ScopeActions.Read
        | ScopeActions.Count | ScopeActions.Notify | ScopeActions.Disclose;

    public static Purpose PurposeOf(string rule) => rule switch
    {
        RuleId.FloodOut or RuleId.SynFloodOut or RuleId.ReflectionOut => Purpose.DdosSource,
        RuleId.FloodIn => Purpose.NetworkIntegrity,
        RuleId.Spam => Purpose.SpamSource,
        RuleId.Scan => Purpose.ScanSource,
        RuleId.Spoof => Purpose.Spoofing,
        RuleId.CncContact => Purpose.CncContact,
        _ => throw new ArgumentOutOfRangeException(
            nameof(rule), rule, "No rule of this name opens a scope; see RuleNames."),
    };

    /// <summary>Who is attacked is told, not closed.</summary>
    public static ScopeActions ActionsOf(string rule) => rule == RuleId.FloodIn ? OfReport : OfSource;

    /// <summary>The epoch of a time (R8).</summary>
    public static uint EpochOf(long ms) => Weir.Contracts.Networks.Epochs.At(ms);
}
