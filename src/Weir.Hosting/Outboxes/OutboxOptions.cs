// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Hosting.Outboxes;

/// <summary>Settings of one outbox.</summary>
public sealed record OutboxOptions
{
    /// <summary>What metrics, logs and health call it, such as <c>events</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Most octets on disk; beyond them nothing is taken. Default 1 GiB.</summary>
    public long MaxOctets { get; init; } = 1L << 30;

    /// <summary>Octets of a file after which the next one begins. Default 16 MiB.</summary>
    public long SegmentOctets { get; init; } = 16 << 20;

    /// <summary>Most octets of one item. Default 1 MiB.</summary>
    public int MaxItemOctets { get; init; } = 1 << 20;

    /// <summary>Most octets that wait in memory for the disk. Default 16 MiB.</summary>
    public int MaxPendingOctets { get; init; } = 16 << 20;

    /// <summary>Most items of one batch. Default 256.</summary>
    public int BatchItems { get; init; } = 256;

    /// <summary>Octets after which a batch ends; one item may be larger. Default 1 MiB.</summary>
    public int BatchOctets { get; init; } = 1 << 20;

    /// <summary>Wait after the first failed delivery; it doubles with each. Default 200 ms.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait between deliveries. Default 30 s.</summary>
    public TimeSpan RetryLongest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Age of the oldest waiting item from which health speaks of it. Default 15 min.</summary>
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Writes within the append itself instead of beside it: for simulation, where nothing runs beside.
    /// </summary>
    public bool CommitsInline { get; init; }

    /// <summary>Sentences for the operator, one for each fault.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> faults = [];
        if (SegmentOctets < OutboxRecord.HeaderOctets + OutboxRecord.MaxOverhead || MaxItemOctets < 1 || BatchItems < 1)
        {
            faults.Add($"outbox.{Name}: a segment, an item or a batch is too small; leave them at their defaults");
        }

        if (MaxOctets < 4L * (MaxItemOctets + OutboxRecord.MaxOverhead) || MaxOctets < 2 * SegmentOctets)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"outbox.{Name}: {MaxOctets} octets hold neither two segments nor four items; give it more"));
        }

        return faults;
    }
}
