// SPDX-License-Identifier: Apache-2.0
using Weir.Lab.Jobs;

namespace Weir.Lab.Traffic;

/// <summary>What a routine does each time it is its turn.</summary>
internal enum RoutineKind : byte
{
    /// <summary>A short exchange with a place of the truth.</summary>
    Visit,

    /// <summary>A C&amp;C's beacon.</summary>
    Beacon,

    /// <summary>A SYN to a listed place that nobody answers, or that is refused.</summary>
    Attempt,

    /// <summary>A probe from a listed address, unanswered or refused.</summary>
    Radiation,

    /// <summary>A SYN-ACK from a listed service that nobody asked for.</summary>
    Backscatter,
    UdpFlood,
    SynFlood,
    Spam,
    Scan,
    Reflection,
    FloodIn,
    Spoof,

    /// <summary>A flood in bursts, each from another source port.</summary>
    FloodBursts,

    /// <summary>Spam to the scenario's mail servers.</summary>
    SpamRun,

    /// <summary>A mail as people send them.</summary>
    Mail,

    /// <summary>An ordinary visit of a line that has to have some.</summary>
    Browse,

    /// <summary>A conversation of a bot's job, of the routine's own shape.</summary>
    Job,

    /// <summary>Somebody who comes in through a bot that is a proxy.</summary>
    Client,
}

/// <summary>Something a subscriber, or somebody towards it, does once or again and again.</summary>
/// <param name="Deed">What.</param>
/// <param name="Subscriber">Index of the line.</param>
/// <param name="Mark">The place of the truth, 0 = none.</param>
/// <param name="Attack">The attack of the truth + 1, 0 = none.</param>
/// <param name="PeriodMs">Mean time between turns.</param>
/// <param name="Jitter">0 = on the dot, 0.1 = ± 10 %, 1 = memoryless.</param>
/// <param name="UntilMs">No turn at or after this time.</param>
internal readonly record struct Routine(
    RoutineKind Deed, int Subscriber, int Mark, int Attack, double PeriodMs, double Jitter, long UntilMs)
{
    /// <summary>What a job's conversation looks like.</summary>
    public Shape Shape { get; init; }

    /// <summary>Nobody answers.</summary>
    public bool Unanswered { get; init; }

    /// <summary>Time from one turn to the next.</summary>
    public long Gap(Dice dice) =>
        Math.Max(1, (long)(Jitter >= 1 ? dice.Exponential(PeriodMs) : PeriodMs * dice.Between(1 - Jitter, 1 + Jitter)));
}
