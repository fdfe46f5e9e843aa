// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Files;

/// <summary>What was written of a file, and what of it is durable.</summary>
internal sealed class MemoryInode
{
    public byte[] Content { get; set; } = [];

    public byte[] Durable { get; set; } = [];

    public MemoryInode Copy() => new() { Content = Content.AsSpan().ToArray(), Durable = Content.AsSpan().ToArray() };

    public MemoryInode AfterPowerLoss(Random random)
    {
        var length = random.Next(2) == 0 ? Content.Length
            : Math.Min(Content.Length, Durable.Length + random.Next(MemoryFolder.Page));
        length = random.Next(4) == 0 ? Durable.Length : length;
        var left = new byte[length];
        for (var at = 0; at < length; at += MemoryFolder.Page)
        {
            var from = random.Next(2) == 0 ? Content : Durable;
            var count = Math.Clamp(from.Length - at, 0, Math.Min(MemoryFolder.Page, length - at));
            from.AsSpan(Math.Min(at, from.Length), count).CopyTo(left.AsSpan(at));
        }

        // What was synced and not written since is never lost.
        for (var at = 0; at < Math.Min(length, Math.Min(Durable.Length, Content.Length)); at++)
        {
            left[at] = Durable[at] == Content[at] ? Durable[at] : left[at];
        }

        return new() { Content = left, Durable = left.AsSpan().ToArray() };
    }
}

/// <summary>An open file of a <see cref="MemoryFolder"/>.</summary>
internal sealed class MemoryFolderFile(MemoryFolder folder, MemoryInode inode) : IDurableFile
{
    public long Length
    {
        get
        {
            lock (folder.Gate)
            {
                return inode.Content.Length;
            }
        }
    }

    public int Read(long at, Span<byte> into)
    {
        lock (folder.Gate)
        {
            var count = (int)Math.Clamp(inode.Content.Length - at, 0, into.Length);
            inode.Content.AsSpan((int)Math.Min(at, inode.Content.Length), count).CopyTo(into);
            return count;
        }
    }

    public void Write(long at, ReadOnlySpan<byte> octets)
    {
        lock (folder.Gate)
        {
            var end = Math.Max(inode.Content.Length, Math.Min(folder.RoomFor(inode), at + octets.Length));
            var next = new byte[end];
            inode.Content.CopyTo(next, 0);
            var fit = octets[..(int)Math.Clamp(end - at, 0, octets.Length)];
            fit.CopyTo(next.AsSpan((int)Math.Min(at, end)));
            inode.Content = next;
            if (fit.Length < octets.Length)
            {
                throw new IOException("No space left on device");
            }
        }
    }

    public void Cut(long length)
    {
        lock (folder.Gate)
        {
            inode.Content = inode.Content[..(int)length];
        }
    }

    public void Sync()
    {
        folder.OnSync?.Invoke();
        lock (folder.Gate)
        {
            folder.Syncs++;
            inode.Durable = inode.Content.AsSpan().ToArray();
        }
    }

    public void Dispose()
    {
    }
}
