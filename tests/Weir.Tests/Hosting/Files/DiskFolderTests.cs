// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Files;
using Weir.Hosting.Outboxes;
using Weir.Hosting.Posix;

namespace Weir.Tests.Hosting.Files;

/// <summary>The real disk, and an outbox on it.</summary>
public sealed class DiskFolderTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("weir-disk-").FullName, "outbox");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void A_folder_is_its_owners_alone_and_one_processs()
    {
        using var folder = DiskFolder.Open(_path);

        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(_path));
        var taken = Assert.Throws<IOException>(() => DiskFolder.Open(_path));
        Assert.Contains("stop the other process that has it", taken.Message, StringComparison.Ordinal);
        folder.Dispose();
        using var again = DiskFolder.Open(_path);
        Assert.Empty(again.Names());
    }

    [Fact]
    public void Files_are_written_read_cut_renamed_and_removed()
    {
        using var folder = DiskFolder.Open(_path);
        using (var file = folder.OpenFile("b"))
        {
            file.Write(0, "hello world"u8);
            file.Write(6, "there"u8);
            file.Sync();
            file.Cut(9);
            Span<byte> read = stackalloc byte[20];
            Assert.Equal("the"u8, read[..file.Read(6, read)]);
            Assert.Equal(9, file.Length);
            Assert.Equal(0, file.Read(100, read));
        }

        folder.Rename("b", "a");
        folder.Sync();
        Assert.Equal(["a"], folder.Names());
        folder.Delete("a");
        folder.Delete("a");
        Assert.Empty(folder.Names());
    }

    [Fact]
    public void Users_groups_and_owners_are_looked_up()
    {
        Assert.Equal(0u, OsUsers.UserId("root"));
        Assert.Equal(0u, OsUsers.GroupId("root"));
        Assert.Equal(1234u, OsUsers.UserId("1234"));
        Assert.Null(OsUsers.UserId("no such user"));
        Assert.Null(OsUsers.GroupId("no such group"));
        Assert.Null(OsUsers.UserId("4294967295"));
        Assert.Equal("root", OsUsers.NameOf(0));
        Assert.Equal("uid-4000000000", OsUsers.NameOf(4_000_000_000));
        Assert.True(PathOwner.Get("/")!.Value is { IsFolder: true, User: 0 });
        Assert.Null(PathOwner.Get("/no/such/path"));
        Parallel.For(0, 500, i => Assert.Equal("root", OsUsers.NameOf(0)));
    }

    [Fact]
    public async Task An_outbox_delivers_what_an_earlier_one_left()
    {
        var options = new OutboxOptions { Name = "events" };
        using (var first = DiskFolder.Open(_path))
        {
            await using var outbox = Outbox.Open(first, options, TimeProvider.System, new Logged());
            await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => outbox.TryAppend($"id-{i}", "x"u8).Durable));
        }

        var got = new List<string>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var folder = DiskFolder.Open(_path);
        await using var again = Outbox.Open(folder, options, TimeProvider.System, new Logged());
        using var stop = new CancellationTokenSource();
        var pumping = new OutboxPump(again, folder, Take, TimeProvider.System, new Logged()).RunAsync(stop.Token);
        await again.TryAppend("id-1000", "x"u8).Durable;
        await all.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await pumping;

        Assert.Equal(Enumerable.Range(0, 1_001).Select(i => $"id-{i}"), got);

        Task<Delivered> Take(IReadOnlyList<OutboxItem> batch, CancellationToken cancel)
        {
            got.AddRange(batch.Select(item => item.Id));
            if (got.Count == 1_001)
            {
                all.SetResult();
            }

            return Task.FromResult(new Delivered(batch.Count));
        }
    }
}
