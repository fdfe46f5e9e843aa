// SPDX-License-Identifier: Apache-2.0
//
// One process of a name at a time in a folder: the kernel lets a lock go when its holder dies, whatever killed it.
namespace Weir.Hosting.Posix;

/// <summary>A held lock.</summary>
public sealed class ProcessLock : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;

    private ProcessLock(FileStream file) => _file = file;

    /// <summary>Takes it, and waits a while for one who is about to end.</summary>
    /// <exception cref="IOException">Somebody holds it still; the message names the file, who, and the fix.
    /// </exception>
    public static async Task<ProcessLock> TakeAsync(
        string path, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new(FileLock.Take(path));
            }
            catch (IOException held) when (held is not DirectoryNotFoundException)
            {
                if (time.GetElapsedTime(begun) >= patience)
                {
                    throw;
                }

                await Task.Delay(Pace, time, cancel);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
