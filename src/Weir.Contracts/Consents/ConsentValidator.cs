// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Consents;

/// <summary>What a consent may be (rules.md R20): a customer cannot give leave for more than a
/// scope may hold.</summary>
public static class ConsentValidator
{
    /// <summary>Remote ports, and remote addresses, that one names at most.</summary>
    public const int MaxRemotes = TrafficClass.MaxPorts;

    /// <summary>Reading and counting; a diagnosis tells nobody and closes nothing.</summary>
    public const ScopeActions Actions = ScopeActions.Read | ScopeActions.Count;

    /// <summary>As a scope's trigger is written.</summary>
    public const string Trigger = "consent/1";

    /// <summary>Why it opens nothing, or null.</summary>
    /// <param name="consent">A token's.</param>
    /// <param name="hours">The longest that the policy has.</param>
    /// <param name="now">The clock.</param>
    public static Decision.Deny? Fault(Consent consent, int hours, DateTimeOffset now) =>
        TrafficClass.Fault(consent.Class) is { } fault ? new(DenyCode.TooWide, fault)
        : consent.Class.Remotes.Length > MaxRemotes
            ? new(DenyCode.TooWide, $"A consent names at most {MaxRemotes} remote addresses.")
        : consent.Class.SubjectPort != 0 ? new(DenyCode.TooWide, "A consent names remote ports and addresses.")
        : consent.Until <= consent.From || consent.Until - consent.From > TimeSpan.FromHours(hours)
            ? new(DenyCode.TooWide, $"A consent lasts at most {hours} h.")
        : now >= consent.Until ? new(DenyCode.Expired, $"The consent ended at {consent.Until:yyyy-MM-dd HH:mm} UTC; "
            + "the customer gives another if it is still wanted.")
        : null;
}
