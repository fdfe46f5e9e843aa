// SPDX-License-Identifier: Apache-2.0
//
// Epoch keys (rules.md R8): 32 random octets in a file for each epoch, made on first use, and another file for the draw
// of the control cohort and the noise of what is published. Seven days after the epoch ended they are erased, and none
// is ever made again, wherever the clock goes: that it goes is written down before. From then on nothing that was
// written under them resolves.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Weir.Contracts.Networks;
using Weir.Contracts.Noise;
using Weir.Hosting.Files;

namespace Weir.Vault.Keys;

/// <summary>The keys of the epochs that are kept: from seven days after an epoch's end back to the epoch
/// after this one.</summary>
/// <param name="folder">Folder of mode 0700, made on first use.</param>
/// <param name="time">Decides which epochs have keys already.</param>
/// <param name="erasing">Decides which have none any more; null for <paramref name="time"/>.</param>
public sealed class EpochKeys(string folder, TimeProvider time, Func<DateTimeOffset>? erasing = null) : IEpochKeySource
{
    private const int KeyOctets = 32;
    private const int CohortOctets = 8;

    private readonly Lock _files = new();
    private readonly ErasedEpochs _erased = new(folder);
    private readonly MadeKeys _made = new(folder);
    private readonly Func<DateTimeOffset> _erasing = erasing ?? time.GetUtcNow;

    public bool Has(uint epoch) => IsKept(epoch);

    /// <summary>The key of an epoch, made on first use.</summary>
    /// <exception cref="InvalidDataException">The file is not a key, is lost, or others may read it.</exception>
    public byte[] GetKey(uint epoch) => Derive("epoch", epoch, KeyOctets);

    public ulong CohortOf(uint epoch) => BinaryPrimitives.ReadUInt64LittleEndian(Derive("cohort", epoch, CohortOctets));

    /// <summary>Key of the noise of a window of UTC days, for what is published of it: 32 octets, a copy that the
    /// caller clears. It goes with the other keys of the window's epoch; after that nothing of the window can be
    /// published anew.</summary>
    /// <param name="fromDay">First UTC day since the UNIX epoch.</param>
    /// <param name="untilDay">The first that is not in the window; both in one epoch.</param>
    /// <exception cref="EpochKeyException">There is none: not yet, or no more.</exception>
    public byte[] NoiseOf(uint fromDay, uint untilDay)
    {
        var master = Derive("noise", Epochs.OfDay(fromDay), KeyOctets);
        try
        {
            return NoiseKey.DeriveWindow(master, fromDay, untilDay);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(master);
        }
    }

    /// <summary>Epochs whose key exists, by number.</summary>
    public IReadOnlyList<uint> Kept()
    {
        lock (_files)
        {
            return [.. Files().Where(file => file.Kind == "epoch").Select(file => file.Epoch).Order()];
        }
    }

    /// <summary>Erases what is kept no longer. Returns the epochs whose key went.</summary>
    public IReadOnlyList<uint> Erase()
    {
        lock (_files)
        {
            var now = _erasing();
            var gone = Files().Where(file => now >= Epochs.ErasedAt(file.Epoch)).ToList();
            _erased.Add(gone.Select(file => file.Epoch));
            gone.ForEach(file => KeyFile.Shred(file.Path));
            _made.Remove([.. gone.Select(file => Path.GetFileName(file.Path))]);
            return [.. gone.Where(file => file.Kind == "epoch").Select(file => file.Epoch)];
        }
    }

    private byte[] Derive(string kind, uint epoch, int octets)
    {
        if (!IsKept(epoch))
        {
            throw new EpochKeyException(_erased.Contains(epoch) || _erasing() >= Epochs.ErasedAt(epoch)
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"the key of epoch {epoch} was erased; it was due on {Epochs.ErasedAt(epoch):yyyy-MM-dd}")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"epoch {epoch} begins on {Epochs.BeginOf(epoch):yyyy-MM-dd}; its key is made a week before"));
        }

        lock (_files)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{kind}-{epoch}.key");
            var key = KeyFile.Kept(Path.Combine(folder, name), octets, _made.UseOf(name));
            _made.Add(name);
            return key;
        }
    }

    private bool IsKept(uint epoch) =>
        !_erased.Contains(epoch) && _erasing() < Epochs.ErasedAt(epoch)
        && epoch <= Epochs.At(time.GetUtcNow()) + 1;

    private IEnumerable<(string Path, string Kind, uint Epoch)> Files() =>
        from path in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.key") : []
        let parts = Path.GetFileNameWithoutExtension(path).Split('-')
        where parts is ["epoch" or "cohort" or "noise", _]
        let epoch = uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (uint?)number
            : null
        where epoch is not null
        select (path, parts[0], epoch.Value);
}
