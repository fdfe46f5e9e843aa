// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Weir.Hosting.Files;
using Weir.Hosting.Outboxes;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Outboxes;

/// <summary>What is left after the process or the power ended at any moment.</summary>
public sealed class OutboxCrashTests : IDisposable
{
    private static readonly OutboxOptions Small = new()
    {
        Name = "events", SegmentOctets = 600, MaxItemOctets = 300,
        MaxOctets = 1 << 20, BatchItems = 3, CommitsInline = true,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-outbox-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_tail_torn_at_any_octet_is_cut_and_counted_and_every_whole_item_is_kept()
    {
        var folder = new MemoryFolder();
        List<long> ends = [];
        await using (var outbox = Open(folder, Small with { SegmentOctets = 1 << 16 }))
        {
            for (var i = 0; i < 6; i++)
            {
                outbox.TryAppend($"id-{i}", Encoding.UTF8.GetBytes(OutboxTests.Text(i)));
                ends.Add(outbox.State.Octets);
            }
        }

        for (var cut = 0L; cut <= ends[^1]; cut++)
        {
            foreach (var garbage in (byte[][])[[], [0], [0xFF, 0xFF], new byte[64]])
            {
                var torn = folder.AfterKill();
                using (var file = torn.OpenFile("000000000001.open"))
                {
                    file.Cut(cut);
                    file.Write(cut, garbage);
                }

                var length = cut + garbage.Length;
                await using var again = Open(torn, Small with { SegmentOctets = 1 << 16 });
                var whole = ends.Count(end => end <= cut);
                Assert.Equal(Enumerable.Range(0, whole).Select(i => $"id-{i}"), await DrainAsync(again, torn));
                var kept = whole > 0 ? ends[whole - 1] : cut >= 8 ? 8 : 0;
                Assert.Equal(length - kept, again.State.TornOctets);
                await again.TryAppend("after", "x"u8).Durable;
                Assert.Equal(["after"], await DrainAsync(again, torn));
            }
        }
    }

    [Fact]
    public async Task A_loss_of_power_at_any_moment_loses_nothing_that_was_durable_and_repeats_little()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var folder = new MemoryFolder();
            var durable = new HashSet<string>();
            var received = new List<string>();
            var next = 0;
            for (var life = 0; life < 4; life++)
            {
                MemoryFolder? left = null;
                var until = random.Next(0, 60);
                var syncs = 0;
                folder.OnSync = () => left ??= syncs++ >= until ? folder.AfterPowerLoss(random) : null;
                var outbox = Open(folder, Small);
                var pump = Pump(outbox, folder, item =>
                {
                    if (left is null)
                    {
                        received.Add(item);
                    }
                });
                for (var step = 0; step < 40 && left is null; step++)
                {
                    if (random.Next(3) > 0)
                    {
                        var id = $"id-{next++}";
                        var append = outbox.TryAppend(id, new byte[random.Next(200)]);
                        if (left is null && append.Durable.IsCompletedSuccessfully)
                        {
                            durable.Add(id);
                        }
                    }
                    else
                    {
                        await pump.StepAsync(default);
                    }
                }

                folder = left ?? folder.AfterPowerLoss(random);
            }

            await using var last = Open(folder, Small);
            received.AddRange(await DrainAsync(last, folder));
            Assert.True(durable.IsSubsetOf(received),
                $"seed {seed}: {string.Join(' ', durable.Except(received))} lost");
            Assert.Equal(0, last.State.Damaged);
        }
    }

    [Fact]
    public async Task Killed_again_and_again_the_writer_loses_nothing_that_it_had_on_disk_and_keeps_the_order()
    {
        var moments = new Random(9);
        var durable = new HashSet<long>();
        var acknowledged = new HashSet<long>();
        for (var round = 0; round < 6 * Endurance.Times; round++)
        {
            await RunAndKillAsync(round * 1_000_000L, moments, durable, acknowledged);
        }

        using var folder = DiskFolder.Open(_folder);
        await using var outbox = Outbox.Open(folder,
            new() { Name = "events",
            SegmentOctets = 64 << 10, MaxItemOctets = 1_000, MaxOctets =
            256 << 20 }, TimeProvider.System, NullLogger.Instance);
        var rest = (await DrainAsync(outbox, folder)).Select(id => long.Parse(id, CultureInfo.InvariantCulture))
            .ToList();

        Assert.True(durable.Count > 100, $"only {durable.Count} items were durable");
        Assert.NotEmpty(acknowledged);
        Assert.Empty(durable.Except(rest).Except(acknowledged));
        Assert.Equal(rest.Order(), rest);
        Assert.Equal(rest.Count, rest.Distinct().Count());
        Assert.Equal(0, outbox.State.Damaged);
    }

    private async Task RunAndKillAsync(
        long first, Random moments, HashSet<long> durable, HashSet<long> acknowledged)
    {
        var start = new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Weir.SpoolVictim.dll"), "outbox", _folder,
            first.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        using var victim = Process.Start(start)!;
        Assert.Equal("open", await victim.StandardOutput.ReadLineAsync());
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Task.Run(async () =>
        {
            while (await victim.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.Split(' ') is [var word, var number]
                    && long.TryParse(number, CultureInfo.InvariantCulture, out var item))
                {
                    (word == "held" ? durable : acknowledged).Add(item);
                }

                began.TrySetResult(); // life is counted from the first words, whatever the start takes
            }
        });
        await began.Task.WaitAsync(Until.Patience);
        await Until.AnyMomentAsync(moments, 400);
        victim.Kill();
        await victim.WaitForExitAsync();
        await reading;
    }

    private static Outbox Open(MemoryFolder folder, OutboxOptions options) =>
        Outbox.Open(folder, options, new FakeTimeProvider(), NullLogger.Instance);

    private static OutboxPump Pump(Outbox outbox, IDurableFolder folder, Action<string> take) => new(
        outbox, folder,
        (batch, _) =>
        {
            batch.ToList().ForEach(item => take(item.Id));
            return Task.FromResult(new Delivered(batch.Count));
        },
        TimeProvider.System, NullLogger.Instance);

    private static async Task<List<string>> DrainAsync(Outbox outbox, IDurableFolder folder)
    {
        List<string> got = [];
        var pump = Pump(outbox, folder, got.Add);
        while (await pump.StepAsync(default))
        {
        }

        return got;
    }
}
