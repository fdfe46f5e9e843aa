// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Cases.Records;

/// <summary>How a network, or what an edit brought, stands with the brake.</summary>
public enum HeldNetworkState : byte
{
    /// <summary>Its events wait for two people.</summary>
    Held = 1,

    /// <summary>Two people have its events become cases.</summary>
    Released,

    /// <summary>Two people had its events thrown away, and those that come too.</summary>
    Dropped,

    /// <summary>An edit brought it, and its first lines are counted before anything is opened.</summary>
    Settling,

    /// <summary>It waited its time and was met by no more lines than may become cases.</summary>
    Settled,
}

/// <summary>A listed network, or what an edit brought, that the brake knows. Never changes; a step makes the next.
/// </summary>
public sealed record HeldNetwork
{
    public required HeldName Name { get; init; }

    public required HeldNetworkState State { get; init; }

    /// <summary>When it came to stand so; of what has settled, when it was last met, to the day.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Lines that met it on the day with most.</summary>
    public required int Lines { get; init; }

    /// <summary>Lines that may become cases on a day.</summary>
    public required int Bound { get; init; }

    /// <summary>Events that wait.</summary>
    public required long Events { get; init; }

    /// <summary>Events beyond those that are kept.</summary>
    public long Lost { get; init; }

    /// <summary>Which list names it, as its first event says; of an edit, whose it is.</summary>
    public required string Detail { get; init; }

    /// <summary>The edit that is held; null for a network, and for an edit that was held before its values were
    /// kept.</summary>
    public ListEdit? Update { get; init; }

    /// <summary>The far end of its first event.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The latest edit whose entries waited their time; 0 = none's.</summary>
    public int SettledEdit { get; init; }

    /// <summary>The latest edit of what waits its time.</summary>
    public int WaitingEdit { get; init; }

    /// <summary>The leave of who decided; 0 while nobody did.</summary>
    public ulong Approval { get; init; }

    /// <summary>End of what was decided; null while nobody did.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Who has to know what was decided knows it.</summary>
    public bool IsTold { get; init; }

    /// <summary>Two people decided.</summary>
    public bool IsDecided => State is HeldNetworkState.Released or HeldNetworkState.Dropped;

    /// <summary>Nothing comes of it until two people decided, and who has to know it knows.</summary>
    public bool IsHeld => State == HeldNetworkState.Held || (IsDecided && !IsTold);

    /// <summary>What two people dropped of an edit comes back by no wait: it stays dropped until it is forgotten.
    /// </summary>
    public bool IsLasting => State == HeldNetworkState.Dropped && Name.Edit != 0;

    /// <summary>Something that was decided holds.</summary>
    public bool IsInForce(DateTimeOffset now) => IsTold && (IsLasting || now < Until);

    /// <summary>Nothing may be done of what is there of it.</summary>
    public bool IsBraked(DateTimeOffset now) => State switch
    {
        HeldNetworkState.Settling or HeldNetworkState.Settled => false,
        HeldNetworkState.Released => !IsInForce(now),
        _ => true,
    };
}
