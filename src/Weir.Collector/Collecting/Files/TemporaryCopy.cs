// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Collector.Collecting.Files;

/// <summary>The unpacked content in a file of its own, for a program that reads files only. Its name is gone before the
/// first octet is written, so that nothing is left however this process ends; it is reached by this process's
/// descriptor (proc(5), <c>/proc/PID/fd</c>).</summary>
internal sealed class TemporaryCopy : IDisposable
{
    private readonly FileStream _file;

    private TemporaryCopy(FileStream file) => _file = file;

    /// <summary>Where a child of this user opens it.</summary>
    public string Path => string.Create(
        CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{_file.SafeFileHandle.DangerousGetHandle()}");

    public static TemporaryCopy Create(string named, OctetWindow window)
    {
        try
        {
            var name = System.IO.Path.GetTempFileName();
            var copy = new TemporaryCopy(new FileStream(name, FileMode.Open, FileAccess.ReadWrite));
            File.Delete(name);
            while (window.TryFill(1))
            {
                copy._file.Write(window.Rest);
                window.Advance(window.Rest.Length);
            }

            copy._file.Flush();
            return copy;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{named} must be unpacked for nfdump and there is no room in the temporary "
                + $"folder: {fault.Message.TrimEnd('.')}; unpack it yourself", fault);
        }
    }

    public void Dispose() => _file.Dispose();
}
