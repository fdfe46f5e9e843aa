// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Disks;

/// <summary>A file system of a test's own, which it can fill, freeze, and make read-only.</summary>
internal sealed class MountedDisk : IDisposable
{
    private readonly string _image;

    private MountedDisk(string folder, string image) => (Folder, _image) = (folder, image);

    public string Folder { get; }

    /// <summary>In memory.</summary>
    /// <param name="options">Of mount, such as <c>size=4m,nr_inodes=20</c>.</param>
    public static MountedDisk InMemory(string options)
    {
        Need.Root("mounts a file system");
        var folder = Directory.CreateTempSubdirectory("weir-disk-").FullName;
        Need.Peer(Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder) == 0, "no right to mount a file system");
        return new(folder, "");
    }

    /// <summary>An ext4 file system in a file, which can be frozen.</summary>
    public static MountedDisk Freezable()
    {
        Need.Root("mounts a file system");
        Need.Programs("mkfs.ext4", "fsfreeze");
        var folder = Directory.CreateTempSubdirectory("weir-disk-").FullName;
        var image = folder + ".img";
        using (var file = File.Create(image))
        {
            file.SetLength(16 << 20);
        }

        Need.Peer(
            Run("mkfs.ext4", "-q", image) == 0 && Run("mount", "-o", "loop", image, folder) == 0,
            "no right to mount a file system from a file");
        return new(folder, image);
    }

    public void Freeze() => Assert.Equal(0, Run("fsfreeze", "-f", Folder));

    public void Thaw() => _ = Run("fsfreeze", "-u", Folder);

    /// <summary>Nothing can be made or removed in a folder of it, whoever asks: EPERM, as without permission.</summary>
    public void Forbid(string folder, bool isForbidden) =>
        Assert.Equal(0, Run("chattr", isForbidden ? "+i" : "-i", folder));

    public void MakeReadOnly(bool isReadOnly) =>
        Assert.Equal(0, Run("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", Folder));

    public void Dispose()
    {
        if (_image.Length > 0)
        {
            Thaw();
            File.Delete(_image);
        }

        _ = Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        _ = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
