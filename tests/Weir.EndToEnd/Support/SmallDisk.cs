// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Weir.EndToEnd.Support;

/// <summary>A file system in memory of a stated size, mounted on a folder.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    private string Filler => Path.Combine(_folder, "filler");

    /// <summary>Null where we may not mount.</summary>
    public static SmallDisk? TryMount(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        return Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) == 0
            ? new SmallDisk(folder)
            : null;
    }

    public void Fill(int megabytes) => File.WriteAllBytes(Filler, new byte[megabytes << 20]);

    public void Empty() => File.Delete(Filler);

    public void Dispose() => Run("umount", "-l", _folder);

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
