// SPDX-License-Identifier: Apache-2.0
//
// Appends to an outbox and delivers from it for ever; "held N" stands on standard output once item N is durable, and
// "gone N" before it is acknowledged.
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Files;
using Weir.Hosting.Outboxes;

namespace Weir.SpoolVictim;

internal static class OutboxVictim
{
    public static async Task RunAsync(string path, long first)
    {
        using var folder = DiskFolder.Open(path);
        await using var outbox = Outbox.Open(
            folder, new() { Name = "events",
                SegmentOctets = 64 << 10, MaxItemOctets = 1_000, MaxOctets = 256 << 20, BatchItems = 20 },
            TimeProvider.System, NullLogger.Instance);
        Console.WriteLine("open");
        var pump = new OutboxPump(outbox, folder, DeliverAsync, TimeProvider.System, NullLogger.Instance);
        var delivering = pump.RunAsync(default);
        for (var item = first; ; item += 8)
        {
            var appends = Enumerable.Range(0, 8).Select(i => outbox.TryAppend(Text(item + i), new byte[300]).Durable)
                .ToList();
            for (var i = 0; i < appends.Count; i++)
            {
                await appends[i];
                Console.WriteLine($"held {Text(item + i)}");
            }
        }
    }

    private static async Task<Delivered> DeliverAsync(IReadOnlyList<OutboxItem> batch, CancellationToken cancel)
    {
        foreach (var item in batch)
        {
            Console.WriteLine($"gone {item.Id}");
        }

        await Task.Delay(10, cancel);
        return new Delivered(batch.Count);
    }

    private static string Text(long item) => item.ToString(CultureInfo.InvariantCulture);
}
