// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Disks;
using Weir.Hosting.Spooling;
using Weir.Tests.Store;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Disks;

/// <summary>A spool on disks that refuse, each for a cause of its own: it waits, says the cause, and goes on by itself.
/// </summary>
public sealed class SpoolDiskTests
{
    [Fact]
    public async Task A_disk_without_inodes_is_told_from_a_full_one()
    {
        using var disk = MountedDisk.InMemory("size=8m,nr_inodes=24");
        using var spool = Open(disk.Folder);
        List<string> small = [];
        await WaitsAsync(
            spool, "has no inode left",
            () =>
            {
                try
                {
                    while (true)
                    {
                        small.Add(Path.Combine(disk.Folder, $"small-{small.Count}"));
                        File.WriteAllBytes(small[^1], []);
                    }
                }
                catch (IOException)
                {
                    Assert.NotEmpty(small);
                }
            },
            () => small.ForEach(File.Delete));
    }

    [Fact]
    public async Task A_disk_that_becomes_read_only_is_told_as_that()
    {
        using var disk = MountedDisk.InMemory("size=8m");
        using var spool = Open(disk.Folder);
        await WaitsAsync(
            spool, "is read-only", () => disk.MakeReadOnly(true), () => disk.MakeReadOnly(false));
    }

    [Fact]
    public async Task A_folder_in_which_this_user_may_not_write_is_told()
    {
        using var disk = MountedDisk.Freezable();
        Need.Programs("chattr");
        using var spool = Open(disk.Folder);
        await WaitsAsync(
            spool, "may not write in",
            () => disk.Forbid(spool.Folder.Temporary, true), () => disk.Forbid(spool.Folder.Temporary, false));
    }

    [Fact]
    public void A_spool_that_was_removed_is_made_anew_and_what_waited_in_it_is_counted_as_lost()
    {
        var folder = Directory.CreateTempSubdirectory("weir-disk-").FullName;
        var spool = Open(folder);
        spool.Write(Pairs.Make(70));
        spool.Write(Pairs.Make(30));
        spool.Folder.Release(spool.Folder.Waiting()[0]);

        Directory.Delete(folder, recursive: true);
        Assert.Equal(0, spool.State.Ready);
        spool.Write(Pairs.Make(5));

        Assert.Equal(("", 1, 30L), (spool.Fault, spool.State.Ready, spool.State.RowsLost));
        Assert.Equal(3U, Reopened(spool, folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_frozen_disk_stands_and_is_told_until_it_answers()
    {
        using var disk = MountedDisk.Freezable();
        var time = new SteppedTime(DateTimeOffset.UnixEpoch);
        var watched = new WatchedFolder(disk.Folder, time);
        watched.Try();
        Assert.Equal(("", true), (watched.Fault, watched.Room is { FreeOctets: > 0, FreeFiles: > 0 }));

        disk.Freeze();
        var standing = Task.Factory.StartNew(watched.Try, TaskCreationOptions.LongRunning);
        await Until.IsSoAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return watched.IsStanding;
            },
            "the try stands");
        Assert.Contains("has not answered for", watched.Fault, StringComparison.Ordinal);
        watched.Try(); // one at a time: this one comes back
        Assert.False(standing.IsCompleted);

        disk.Thaw();
        await standing.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((false, ""), (watched.IsStanding, watched.Fault));
    }

    [Fact]
    public void A_folder_that_is_another_than_the_one_that_was_opened_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("weir-disk-").FullName;
        var watched = new WatchedFolder(folder, TimeProvider.System);
        watched.Try();
        Assert.Equal("", watched.Fault);
        Directory.Delete(folder); // nothing was left in it
        watched.Try();
        Assert.Contains("is not there", watched.Fault, StringComparison.Ordinal);

        Directory.CreateDirectory(folder + ".other"); // so that the number of the first is not given again
        Directory.CreateDirectory(folder);
        watched.Try();
        Assert.Contains("another folder than the one that was opened", watched.Fault, StringComparison.Ordinal);
        Directory.Delete(folder);
        Directory.Delete(folder + ".other");
    }

    private static async Task WaitsAsync(Spool spool, string cause, Action begin, Action end)
    {
        spool.Write(Pairs.Make(10));
        begin();
        var writing = Task.Run(() => spool.Write(Pairs.Make(20)));
        await Until.IsSoAsync(() => spool.Fault.Length > 0, "the spool waits");
        Assert.Contains(cause, spool.Fault, StringComparison.Ordinal);
        Assert.False(writing.IsCompleted);

        end();
        await writing.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(("", 2, 30L, 1L), (spool.Fault, spool.State.Ready, spool.State.RowsWritten, spool.State.Waits));
    }

    private static uint Reopened(Spool spool, string folder)
    {
        spool.Dispose();
        using (Open(folder))
        {
        }

        using var third = Open(folder);
        return third.Folder.Start;
    }

    private static Spool Open(string folder) => new(
        new SpoolOptions
        {
            Directory = folder, MinimumFree = 0, FullDiskPause = TimeSpan.FromMilliseconds(20),
        },
        NullLogger<Spool>.Instance);
}
