// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd;

/// <summary>Disks that refuse under <c>weir serve</c>: each is told with its cause, the intake stands, and all goes on
/// by itself; a stop in the middle is a stop.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_spool_that_is_read_only_or_removed_is_told_and_nothing_that_was_sent_is_lost()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        using var disk = SmallDisk.Mount(_folder.At("spool"), megabytes: 400);
        await using var weir = await RunningWeir.StartAsync(place);
        disk.MakeReadOnly(true);
        var first = place.SendAsync("first");
        await weir.UntilAsync(
            "the intake stands", async () => await weir.SumAsync("weir_collecting_intake_open") == 0);
        await ToldAsync(weir, "is read-only");
        Assert.Equal(1, await weir.SumAsync("weir_spool_disk_refuses"));
        disk.MakeReadOnly(false);
        var sent = await first;
        await weir.SettledAsync(sent.Flows);
        Assert.Equal(1, await weir.SumAsync("weir_collecting_intake_open"));

        // Out of its place in one step: what is written meanwhile is not found half removed.
        Directory.Move(_folder.At("spool/spool"), _folder.At("spool/removed"));
        Directory.Delete(_folder.At("spool/removed"), recursive: true);
        var again = await place.SendAsync("again");
        await weir.SettledAsync(sent.Flows + again.Flows);
        Assert.Contains("was removed while it was in use", weir.Log, StringComparison.Ordinal);
        Assert.Equal(0, await weir.SumAsync("weir_spool_rows_lost_total"));
        Assert.Equal(
            sent.Datagrams + again.Datagrams, await weir.SumAsync("weir_decoding_datagrams_total"));

        Assert.Equal(0, await weir.StopAsync());
        Assert.Equal(sent.Flows + again.Flows, await StoredPairs.FlowsAsync(place));
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_is_told_by_health_that_answers_and_is_forgotten_when_it_does()
    {
        Need.Root("mounts a file system");
        Need.Programs("mkfs.ext4", "fsfreeze");
        var image = _folder.At("disk.img");
        await using (var file = File.Create(image))
        {
            file.SetLength(64 << 20);
        }

        var folder = Directory.CreateDirectory(_folder.At("cases")).FullName;
        await Tool.RunAsync("mkfs.ext4", "-q", image);
        await Tool.RunAsync("mount", "-o", "loop", image, folder);
        try
        {
            var place = await ServeFixture.MakeAsync(_folder);
            await using var weir = await RunningWeir.StartAsync(place);
            await weir.UntilAsync("its disk was tried", async () => await weir.SumAsync("weir_disk_free_bytes") > 0);
            await Tool.RunAsync("fsfreeze", "-f", folder);
            await ToldAsync(weir, "has not answered for");
            await Tool.RunAsync("fsfreeze", "-u", folder);
            await weir.UntilAsync("it answers again", async () =>
                !(await weir.HealthAsync()).GetRawText().Contains("has not answered for", StringComparison.Ordinal));
            Assert.Equal(0, await weir.StopAsync());
        }
        finally
        {
            using var thaw = System.Diagnostics.Process.Start("fsfreeze", ["-u", folder]);
            await thaw.WaitForExitAsync();
            using var away = System.Diagnostics.Process.Start("umount", ["-l", folder]);
            await away.WaitForExitAsync();
        }
    }

    private static Task ToldAsync(RunningWeir weir, string cause) => weir.UntilAsync(cause, async () =>
        await weir.HealthAsync() is var health && health.GetProperty("state").GetString() == "degraded"
        && health.GetRawText().Contains(cause, StringComparison.Ordinal));
}
