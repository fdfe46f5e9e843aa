// SPDX-License-Identifier: Apache-2.0

using Weir.Vault.Identity.Intake;

namespace Weir.Vault.Identity.Records;

/// <summary>What became of the records of a source other than RADIUS: received = the sum of <see cref="Ended"/>.
/// Written by one thread.</summary>
public sealed class RecordCounters
{
    /// <summary>Lines, rows, blocks or events that hold a record.</summary>
    public long Received { get; internal set; }

    public long Applied { get; internal set; }

    /// <summary>Known already, or older than what is known.</summary>
    public long Stale { get; internal set; }

    /// <summary>Well formed, and nothing that says who had an address.</summary>
    public long Ignored { get; internal set; }

    public long Malformed { get; internal set; }

    /// <summary>Before the retention.</summary>
    public long TooOld { get; internal set; }

    /// <summary>No place left in the tables.</summary>
    public long Refused { get; internal set; }

    public long Ended => Applied + Stale + Ignored + Malformed + TooOld + Refused;

    /// <summary>Among those applied: times more than a day off the arrival, which stood in for them.</summary>
    public long ClockRefused { get; internal set; }

    /// <summary>How often the source could not be read.</summary>
    public long Unreadable { get; internal set; }
}
