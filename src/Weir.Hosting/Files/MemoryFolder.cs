// SPDX-License-Identifier: Apache-2.0
//
// A disk for tests and simulation. It keeps apart what was written and what is durable, so that a loss of power can be
// played: of what was not synced any part survives, page by page, in any order, as the seed has it.
namespace Weir.Hosting.Files;

/// <summary>A folder in memory. Safe for any thread.</summary>
public sealed class MemoryFolder : IDurableFolder
{
    private const int Page = 512;

    private readonly Lock _gate = new();
    private readonly List<Action<SortedDictionary<string, Inode>>> _renames = [];
    private SortedDictionary<string, Inode> _names = new(StringComparer.Ordinal);
    private SortedDictionary<string, Inode> _durable = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Place { get; init; } = "memory";

    /// <summary>Most octets that fit; of a write beyond them a part is written, and it fails.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Number of syncs of files so far.</summary>
    public long Syncs { get; private set; }

    /// <summary>Called before each sync of a file: an exception is the disk's refusal.</summary>
    public Action? OnSync { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names()
    {
        lock (_gate)
        {
            return [.. _names.Keys];
        }
    }

    /// <inheritdoc/>
    public IDurableFile OpenFile(string name)
    {
        lock (_gate)
        {
            if (!_names.TryGetValue(name, out var inode))
            {
                inode = new Inode();
                Change(names => names[name] = inode);
            }

            return new MemoryFile(this, inode);
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            var inode = _names.TryGetValue(from, out var found)
                ? found
                : throw new FileNotFoundException($"{Place}/{from} is not there");
            Change(names =>
            {
                names.Remove(from);
                names[to] = inode;
            });
        }
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        lock (_gate)
        {
            Change(names => names.Remove(name));
        }
    }

    /// <inheritdoc/>
    public void Sync()
    {
        lock (_gate)
        {
            _renames.Clear();
            _durable = new(_names, StringComparer.Ordinal);
        }
    }

    /// <summary>What the disk holds after the power failed now: a folder of its own, so that what still runs on this
    /// one cannot touch it.</summary>
    /// <param name="random">Decides which of what was not synced survived.</param>
    public MemoryFolder AfterPowerLoss(Random random)
    {
        lock (_gate)
        {
            var left = new SortedDictionary<string, Inode>(_durable, StringComparer.Ordinal);
            foreach (var rename in _renames.Take(random.Next(_renames.Count + 1)))
            {
                rename(left);
            }

            var survived = left.Values.Distinct().ToDictionary(inode => inode, inode => inode.AfterPowerLoss(random));
            return From(left.Select(pair => KeyValuePair.Create(pair.Key, survived[pair.Value])));
        }
    }

    /// <summary>What the disk holds after the process was killed now: everything written.</summary>
    public MemoryFolder AfterKill()
    {
        lock (_gate)
        {
            return From(_names.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Copy())));
        }
    }

    private MemoryFolder From(IEnumerable<KeyValuePair<string, Inode>> names)
    {
        var next = new MemoryFolder { Place = Place };
        next._names = new(names.ToDictionary(), StringComparer.Ordinal);
        next._durable = new(next._names, StringComparer.Ordinal);
        return next;
    }

    private void Change(Action<SortedDictionary<string, Inode>> change)
    {
        change(_names);
        _renames.Add(change);
    }

    private sealed class Inode
    {
        public byte[] Content { get; set; } = [];

        public byte[] Durable { get; set; } = [];

        public Inode Copy() => new() { Content = Content.AsSpan().ToArray(), Durable = Content.AsSpan().ToArray() };

        public Inode AfterPowerLoss(Random random)
        {
            var length = random.Next(2) == 0 ? Content.Length
                : Math.Min(Content.Length, Durable.Length + random.Next(Page));
            length = random.Next(4) == 0 ? Durable.Length : length;
            var left = new byte[length];
            for (var at = 0; at < length; at += Page)
            {
                var from = random.Next(2) == 0 ? Content : Durable;
                var count = Math.Clamp(from.Length - at, 0, Math.Min(Page, length - at));
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

    private sealed class MemoryFile(MemoryFolder folder, Inode inode) : IDurableFile
    {
        public long Length
        {
            get
            {
                lock (folder._gate)
                {
                    return inode.Content.Length;
                }
            }
        }

        public int Read(long at, Span<byte> into)
        {
            lock (folder._gate)
            {
                var count = (int)Math.Clamp(inode.Content.Length - at, 0, into.Length);
                inode.Content.AsSpan((int)Math.Min(at, inode.Content.Length), count).CopyTo(into);
                return count;
            }
        }

        public void Write(long at, ReadOnlySpan<byte> octets)
        {
            lock (folder._gate)
            {
                var others = folder._names.Values.Sum(other => (long)other.Content.Length) - inode.Content.Length;
                var room = Math.Max(inode.Content.Length, folder.Capacity - others);
                var end = Math.Max(inode.Content.Length, Math.Min(room, at + octets.Length));
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
            lock (folder._gate)
            {
                inode.Content = inode.Content[..(int)length];
            }
        }

        public void Sync()
        {
            folder.OnSync?.Invoke();
            lock (folder._gate)
            {
                folder.Syncs++;
                inode.Durable = inode.Content.AsSpan().ToArray();
            }
        }

        public void Dispose()
        {
        }
    }
}
