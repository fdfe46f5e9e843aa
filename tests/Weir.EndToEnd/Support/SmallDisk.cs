// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Support;

/// <summary>A file system in memory of a stated size, mounted on a folder.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    private string Filler => Path.Combine(_folder, "filler");

    public static SmallDisk Mount(string folder, int megabytes)
    {
        Need.Root("mounts a file system");
        Directory.CreateDirectory(folder);
        Need.Peer(
            Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) == 0,
            "no right to mount a file system");
        return new SmallDisk(folder);
    }

    public void Fill(int megabytes) => File.WriteAllBytes(Filler, new byte[megabytes << 20]);

    public void Empty() => File.Delete(Filler);

    /// <summary>Tries while somebody has a file open to write.</summary>
    public void MakeReadOnly(bool isReadOnly) => Until.IsSo(
        () => Run("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", _folder) == 0);

    public void Dispose() => Run("umount", "-l", _folder);

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
