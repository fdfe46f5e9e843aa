// SPDX-License-Identifier: Apache-2.0
//
// Secrets in files that their owner alone may read. A file is written beside, fsynced and renamed, its folder fsynced:
// it is there whole or not at all. Erased means: overwritten, fsynced, unlinked, the folder fsynced. What a file system
// that copies on write or a drive that levels wear keeps of the old block is beyond a program's reach:
// docs/14-vault.md.
using System.Security.Cryptography;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Files;

/// <summary>Files of mode 0600 in folders of mode 0700.</summary>
public static class KeyFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Makes sure of a folder that its owner alone may enter.</summary>
    /// <exception cref="InvalidDataException">Others may enter it.</exception>
    public static void Folder(string path)
    {
        Directory.CreateDirectory(path, OwnerFolder);
        if ((File.GetUnixFileMode(path) & ~OwnerFolder) != 0)
        {
            throw new InvalidDataException($"{path}: the folder of keys must be its owner's alone; chmod 700 it");
        }
    }

    /// <summary>Octets that do not move in memory, so that clearing them clears them everywhere.</summary>
    public static byte[] Room(int octets) => GC.AllocateArray<byte>(octets, pinned: true);

    /// <summary>The secret of a file, made of random octets where it is not there yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="octets">Its length.</param>
    /// <param name="use">What lies there that was made under it; null for nothing, or where another is asked for.
    /// </param>
    /// <exception cref="InvalidDataException">Others may read the file, it has another length, or it is lost.
    /// </exception>
    public static byte[] Kept(string path, int octets, KeyUse? use)
    {
        if (File.Exists(path))
        {
            return Read(path, octets);
        }

        Folder(Path.GetDirectoryName(path)!);
        var key = Room(octets);
        KeyUse.Make(path, use, () =>
        {
            RandomNumberGenerator.Fill(key);
            Write(path, key);
        });
        return key;
    }

    /// <summary>Writes a secret; durable when it returns.</summary>
    public static void Write(string path, ReadOnlySpan<byte> octets)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        using (var file = new FileStream(fresh, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
            BufferSize = 0
        }))
        {
            file.Write(octets);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
        FolderSync.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads a secret of a stated length.</summary>
    /// <exception cref="InvalidDataException">Others may read the file, or it has another length.</exception>
    public static byte[] Read(string path, int octets)
    {
        if ((File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            throw new InvalidDataException($"{path}: a key must be readable by its owner alone; chmod 600 it");
        }

        using var file = new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, BufferSize = 0 });
        if (file.Length != octets)
        {
            throw new InvalidDataException($"{path}: a key has {octets} octets, this file has {file.Length}; restore "
                + "it, or remove it and lose the way back to what was named by it");
        }

        var key = Room(octets);
        file.ReadExactly(key);
        return key;
    }

    /// <summary>All octets of a file that its owner wrote; null where there is none.</summary>
    public static byte[]? ReadIfAny(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;

    /// <summary>Erases a file for good; one that is not there is erased already.</summary>
    public static void Shred(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using (var file = new FileStream(
            path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, BufferSize = 0 }))
        {
            file.Write(RandomNumberGenerator.GetBytes((int)file.Length));
            file.Flush(flushToDisk: true);
        }

        File.Delete(path);
        FolderSync.Flush(Path.GetDirectoryName(path)!);
    }
}
