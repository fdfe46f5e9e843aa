// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Desk.Cases.Records;

/// <summary>How a network that the brake held stands.</summary>
public enum HeldNetworkState : byte
{
    /// <summary>Its events wait for two people.</summary>
    Held = 1,

    /// <summary>Two people have its events become cases.</summary>
    Released,

    /// <summary>Two people had its events thrown away, and those that come too.</summary>
    Dropped,
}

/// <summary>A listed network whose lines were too many. Never changes; a step makes the next.</summary>
public sealed record HeldNetwork
{
    /// <summary>/24, of IPv6 /48.</summary>
    public required Prefix Network { get; init; }

    public required HeldNetworkState State { get; init; }

    /// <summary>When it was held.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Lines that met it on the day with most.</summary>
    public required int Lines { get; init; }

    /// <summary>Lines that may become cases on a day.</summary>
    public required int Bound { get; init; }

    /// <summary>Events that are held.</summary>
    public required long Events { get; init; }

    /// <summary>Events beyond those that are kept.</summary>
    public long Lost { get; init; }

    /// <summary>Which list names it, as its first event says.</summary>
    public required string Detail { get; init; }

    /// <summary>The far end of its first event.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The leave of who decided; 0 while nobody did.</summary>
    public ulong Approval { get; init; }

    /// <summary>End of what was decided; null while nobody did.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Vault and store know what was decided.</summary>
    public bool IsTold { get; init; }

    /// <summary>Something that was decided holds.</summary>
    public bool IsInForce(DateTimeOffset now) => IsTold && now < Until;
}
