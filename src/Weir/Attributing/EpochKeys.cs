// SPDX-License-Identifier: Apache-2.0
//
// Epoch keys (rules.md R8): an epoch is seven UTC days, its key 32 random octets in a file that only its owner may read.
// A key is erased seven days after its epoch ended; from then on nothing that was written under it resolves.
using System.Globalization;
using System.Security.Cryptography;

namespace Weir.Attributing;

/// <summary>The keys of the epochs that are still kept, one file each in a folder of mode 0700.</summary>
public sealed class EpochKeys(string folder)
{
    public const uint DaysPerEpoch = 7;
    private const int KeyOctets = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _making = new();

    public static uint EpochOf(uint day) => day / DaysPerEpoch;

    /// <summary>The key of an epoch, made on first use. Throws <see cref="InvalidDataException"/> where the file is not a key or others may read it.</summary>
    public byte[] Of(uint epoch)
    {
        lock (_making)
        {
            var path = PathOf(epoch);
            return File.Exists(path) ? Read(path) : Make(path);
        }
    }

    /// <summary>Erases keys whose epoch ended more than seven days before <paramref name="today"/> (days since the UNIX epoch). Returns how many.</summary>
    public int Erase(uint today)
    {
        var erased = 0;
        if (!Directory.Exists(folder))
        {
            return 0;
        }

        foreach (var path in Directory.EnumerateFiles(folder, "epoch-*.key"))
        {
            var number = Path.GetFileNameWithoutExtension(path)["epoch-".Length..];
            if (uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
                && ((epoch + 2) * DaysPerEpoch) <= today)
            {
                Shred(path);
                erased++;
            }
        }

        return erased;
    }

    private string PathOf(uint epoch) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"epoch-{epoch}.key"));

    private static byte[] Read(string path)
    {
        var mode = File.GetUnixFileMode(path);
        if ((mode & ~OwnerOnly) != 0)
        {
            throw new InvalidDataException($"{path}: an epoch key must be readable by its owner alone; chmod 600 it");
        }

        var key = File.ReadAllBytes(path);
        return key.Length == KeyOctets
            ? key
            : throw new InvalidDataException($"{path}: an epoch key has {KeyOctets} octets, this file has {key.Length}; restore it, or remove it and lose the way back to that epoch's subjects");
    }

    private byte[] Make(string path)
    {
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var key = RandomNumberGenerator.GetBytes(KeyOctets);
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var file = new FileStream(fresh, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path);
        return key;
    }

    private static void Shred(string path)
    {
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.Write(RandomNumberGenerator.GetBytes(KeyOctets));
            file.Flush(flushToDisk: true);
        }

        File.Delete(path);
    }
}
