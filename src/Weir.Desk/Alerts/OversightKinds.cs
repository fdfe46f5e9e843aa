// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Alerts;

/// <summary>Kinds of alarms that the privacy officer is told of (rules.md R25).</summary>
internal static class OversightKinds
{
    /// <summary>Somebody was refused again and again.</summary>
    public const string Refusals = "refusals-in-number";

    /// <summary>A copy of a list waits for two people.</summary>
    public const string ListHeld = "list-held";

    /// <summary>The brake holds a listed network.</summary>
    public const string EntryHeld = "entry-held";

    /// <summary>What is governed lies there and is not in force.</summary>
    public const string GovernanceWaits = "governance-waits";

    /// <summary>Scopes that nobody may read yet.</summary>
    public const string ScopesSealed = "scopes-sealed";

    /// <summary>Events came that nobody who counts had signed.</summary>
    public const string GroundsRefused = "grounds-refused";

    /// <summary>A record, of the desk or of another process, cannot be written, does not leave its machine, or was not
    /// countersigned.</summary>
    public const string ChainFault = "chain-fault";

    public static IReadOnlyList<string> All { get; } =
        [Refusals, ListHeld, EntryHeld, GovernanceWaits, ScopesSealed, GroundsRefused, ChainFault];
}
