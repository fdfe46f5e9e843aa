// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Outboxes;

/// <summary>Something that waits to be delivered.</summary>
/// <param name="Id">By which the receiver knows it again; at most 200 octets of UTF-8.</param>
/// <param name="At">When it was appended.</param>
/// <param name="Octets">The exact octets that were appended.</param>
public sealed record OutboxItem(string Id, DateTimeOffset At, ReadOnlyMemory<byte> Octets);

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>It was taken, and is durable once the append's task is done.</summary>
    Taken,

    /// <summary>There is no room: whoever appends stops taking more in, and says so.</summary>
    Full,

    /// <summary>The item is larger than any may be.</summary>
    TooLarge,
}

/// <summary>An append.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Durable">Done when the item is on disk; fails with an <see cref="IOException"/> where the disk refuses,
/// and the item is not kept then. Already done where nothing was taken.</param>
public readonly record struct OutboxAppend(AppendOutcome Outcome, Task Durable);

/// <summary>What the receiver made of a batch.</summary>
/// <param name="Taken">So many of its first items were acknowledged and are deleted.</param>
/// <param name="Refusal">Where given, the next item is refused for good: it is set aside with this reason.</param>
public readonly record struct Delivered(int Taken, string? Refusal = null);

/// <summary>Hands a batch to the receiver. An exception means that nothing is known to be taken: the same items come
/// again. Every item may come more than once.</summary>
public delegate Task<Delivered> Deliver(IReadOnlyList<OutboxItem> batch, CancellationToken cancel);

/// <summary>How an outbox is doing.</summary>
/// <param name="Waiting">Items on disk that were not acknowledged.</param>
/// <param name="Octets">Octets of its files.</param>
/// <param name="Oldest">When the first waiting item was appended; null where none waits.</param>
/// <param name="IsFull">True from the first item refused until an eighth is free again.</param>
/// <param name="Refused">Items refused since the start because it was full.</param>
/// <param name="TornOctets">Octets of unfinished writes that were cut off at the start; nothing whole was behind
/// them.</param>
/// <param name="Damaged">Items lost since the start because the disk gave back other octets than were written.</param>
/// <param name="SetAside">Items since the start that the receiver refused for good.</param>
/// <param name="DiskFault">Why the last write failed; null while writes succeed.</param>
/// <param name="DeliveryFault">Why the last delivery failed; null while deliveries succeed.</param>
/// <param name="FailingSince">Since when deliveries fail; null while they succeed.</param>
public sealed record OutboxState(
    long Waiting, long Octets, DateTimeOffset? Oldest, bool IsFull, long Refused, long TornOctets, long Damaged,
    long SetAside, string? DiskFault, string? DeliveryFault, DateTimeOffset? FailingSince);
