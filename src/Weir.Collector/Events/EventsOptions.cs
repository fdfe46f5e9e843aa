// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Outboxes;

namespace Weir.Collector.Events;

/// <summary>Settings of signed events and their way to the desk.</summary>
public sealed record EventsOptions
{
    /// <summary>Full path of the outbox's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Bounds of the outbox.</summary>
    public OutboxOptions Outbox { get; init; } = new() { Name = "events" };

    /// <summary>Events that wait in memory to be signed; then the shards wait. Default 4,096.</summary>
    public int QueuedEvents { get; init; } = 4_096;

    /// <summary>How long the desk may take for a batch. Default 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long events may take into the outbox at a stop, and the desk after that; what it does not take
    /// waits for the next start. Default 5 s.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(5);
}
