// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Files;
using Weir.Hosting.Posix;

namespace Weir.Vault.Keys;

/// <summary>Epochs whose keys were erased, or are about to be: a file of numbers, a line each, durable before the keys
/// go. Whoever stands here gets no key again, whatever the clock says. One writer; safe to ask from any
/// thread.</summary>
internal sealed class ErasedEpochs
{
    private const string Name = "erased";

    private readonly string _path;
    private HashSet<uint> _epochs;

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public ErasedEpochs(string folder)
    {
        _path = Path.Combine(folder, Name);
        _epochs = File.Exists(_path) ? [.. File.ReadLines(_path).Select(Read)] : [];
    }

    public bool Contains(uint epoch) => Volatile.Read(ref _epochs).Contains(epoch);

    /// <summary>Writes them down; durable when it returns.</summary>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/>
    /// say.</exception>
    public void Add(IEnumerable<uint> epochs)
    {
        HashSet<uint> all = [.. _epochs, .. epochs];
        if (all.Count == _epochs.Count)
        {
            return;
        }

        AtomicFile.Write(_path, string.Concat(
            all.Order().Select(epoch => epoch.ToString(CultureInfo.InvariantCulture) + '\n')));
        FolderSync.Flush(Path.GetDirectoryName(_path)!);
        Volatile.Write(ref _epochs, all);
    }

    private uint Read(string line) =>
        uint.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            ? epoch
            : throw new InvalidDataException(
                $"{_path}: '{line}' is no number of an epoch, so which keys were erased is not known; restore the file");
}
