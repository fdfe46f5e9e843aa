// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Hosting.Browsers;

namespace Weir.Desk.Sessions;

/// <summary>Whose passkeys sign in, by the governance in force.</summary>
/// <param name="people">The people.</param>
/// <param name="counters">How far each passkey counted.</param>
/// <param name="time">The clock.</param>
internal sealed class ConsolePasskeys(CurrentPeople people, PasskeyCounters counters, TimeProvider time)
{
    public CurrentPeople People => people;

    public PasskeyCounters Counters => counters;

    public PasskeyChallenges Challenges { get; } = new(time);

    /// <summary>Whether there can be any: a lab has no governance.</summary>
    public bool AreTaken => people.Current.NeedsKeys;
}
