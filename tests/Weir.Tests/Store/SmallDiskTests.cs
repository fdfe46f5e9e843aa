// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Spooling;
using Weir.Tests.Support;

namespace Weir.Tests.Store;

/// <summary>A disk that is really full: a file system of 4 MB in memory, where we may mount one.</summary>
public sealed class SmallDiskTests
{
    [Fact]
    public async Task A_full_file_system_loses_no_row_and_leaves_no_half_segment()
    {
        Need.Root("mounts a file system");
        var folder = Directory.CreateTempSubdirectory("weir-small-").FullName;
        try
        {
            Need.Peer(
                Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder) == 0, "no right to mount a file system");

            // The free octets are told too high on purpose: the kernel's own ENOSPC must be met.
            var free = long.MaxValue;
            using var spool = new Spool(
                new SpoolOptions
                {
                    Directory = folder,
                    SegmentRows = 8_192,
                    MinimumFree = 0,
                    FullDiskPause = TimeSpan.FromMilliseconds(20)
                },
                NullLogger<Spool>.Instance,
                _ => Interlocked.Read(ref free));
            var writing = Task.Run(() => spool.Write(Pairs.Make(8_192 * 6)));
            Until.IsSo(() => spool.Fault.Length > 0);
            var held = spool.State.Ready;
            Assert.InRange(held, 3, 4);

            var taken = spool.Folder.Waiting();
            Array.ForEach(taken[..3], File.Delete);
            await writing.WaitAsync(TimeSpan.FromSeconds(20));

            Assert.Equal(8_192 * 6, spool.State.RowsWritten);
            Assert.Equal(3, spool.State.Ready);
            Assert.Empty(Directory.GetFiles(spool.Folder.Temporary));
        }
        finally
        {
            Run("umount", "-l", folder);
            Directory.Delete(folder);
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
