// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Files;
using Weir.Hosting.Posix;

namespace Weir.Vault.Keys;

/// <summary>Names of the keys of epochs that were made and not erased: a file, a line each. One that stands here and is
/// gone was lost, and is not made anew in silence. For one thread at a time.</summary>
/// <param name="folder">Of the keys.</param>
internal sealed class MadeKeys(string folder)
{
    private readonly string _path = Path.Combine(folder, "made");
    private HashSet<string>? _names;

    private HashSet<string> Names => _names ??= File.Exists(_path)
        ? File.ReadLines(_path).ToHashSet(StringComparer.Ordinal) : new(StringComparer.Ordinal);

    /// <summary>What was made under a key; null where it never was there.</summary>
    /// <param name="name">Its file's name.</param>
    public KeyUse? UseOf(string name) => Names.Contains(name)
        ? new(_path, "what was named or drawn in that epoch before leads to nobody, and its days are counted twice")
        : null;

    /// <summary>Notes that a key is there; durable when it returns.</summary>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/> say.
    /// </exception>
    public void Add(string name)
    {
        if (!Names.Contains(name))
        {
            Write([.. Names, name]);
        }
    }

    /// <summary>Forgets keys that were erased.</summary>
    /// <inheritdoc cref="Add"/>
    public void Remove(IReadOnlyCollection<string> names)
    {
        if (Names.Overlaps(names))
        {
            Write([.. Names.Except(names)]);
        }
    }

    private void Write(HashSet<string> names)
    {
        AtomicFile.Write(_path, string.Concat(names.Order(StringComparer.Ordinal).Select(name => name + '\n')));
        FolderSync.Flush(folder);
        _names = names;
    }
}
