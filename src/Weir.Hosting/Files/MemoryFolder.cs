// SPDX-License-Identifier: Apache-2.0
//
// A disk for tests and simulation. It keeps apart what was written and what is durable, so that a loss of power can be
// played: of what was not synced any part survives, page by page, in any order, as the seed has it.
namespace Weir.Hosting.Files;

/// <summary>A folder in memory. Safe for any thread.</summary>
public sealed class MemoryFolder : IDurableFolder
{
    internal const int Page = 512;

    private readonly List<Action<SortedDictionary<string, MemoryInode>>> _renames = [];
    private SortedDictionary<string, MemoryInode> _names = new(StringComparer.Ordinal);
    private SortedDictionary<string, MemoryInode> _durable = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Place { get; init; } = "memory";

    /// <summary>Most octets that fit; of a write beyond them a part is written, and it fails.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Number of syncs of files so far.</summary>
    public long Syncs { get; internal set; }

    /// <summary>Called before each sync of a file: an exception is the disk's refusal.</summary>
    public Action? OnSync { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names()
    {
        lock (Gate)
        {
            return [.. _names.Keys];
        }
    }

    /// <inheritdoc/>
    public IDurableFile OpenFile(string name)
    {
        lock (Gate)
        {
            if (!_names.TryGetValue(name, out var inode))
            {
                inode = new MemoryInode();
                Change(names => names[name] = inode);
            }

            return new MemoryFolderFile(this, inode);
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        lock (Gate)
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
        lock (Gate)
        {
            Change(names => names.Remove(name));
        }
    }

    /// <inheritdoc/>
    public void Sync()
    {
        lock (Gate)
        {
            _renames.Clear();
            _durable = new(_names, StringComparer.Ordinal);
        }
    }

    /// <summary>Held while anything of the folder is read or changed.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>How large a file may become, by what the others take. Under <see cref="Gate"/>.</summary>
    internal long RoomFor(MemoryInode inode) => Math.Max(
        inode.Content.Length,
        Capacity - (_names.Values.Sum(other => (long)other.Content.Length) - inode.Content.Length));

    /// <summary>What the disk holds after the power failed now: a folder of its own, so that what still runs on this
    /// one cannot touch it.</summary>
    /// <param name="random">Decides which of what was not synced survived.</param>
    public MemoryFolder AfterPowerLoss(Random random)
    {
        lock (Gate)
        {
            var left = new SortedDictionary<string, MemoryInode>(_durable, StringComparer.Ordinal);
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
        lock (Gate)
        {
            return From(_names.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Copy())));
        }
    }

    private MemoryFolder From(IEnumerable<KeyValuePair<string, MemoryInode>> names)
    {
        var next = new MemoryFolder { Place = Place };
        next._names = new(names.ToDictionary(), StringComparer.Ordinal);
        next._durable = new(next._names, StringComparer.Ordinal);
        return next;
    }

    private void Change(Action<SortedDictionary<string, MemoryInode>> change)
    {
        change(_names);
        _renames.Add(change);
    }
}
