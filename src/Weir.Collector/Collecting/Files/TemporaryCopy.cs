// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Collecting.Files;

/// <summary>The unpacked content in a file of its own, for a program that reads files only;
/// deleted afterwards.</summary>
internal sealed class TemporaryCopy : IDisposable
{
    private TemporaryCopy(string path) => Path = path;

    public string Path { get; }

    public static TemporaryCopy Create(string named, OctetWindow window)
    {
        try
        {
            var copy = new TemporaryCopy(System.IO.Path.GetTempFileName());
            using var file = File.OpenWrite(copy.Path);
            while (window.TryFill(1))
            {
                file.Write(window.Rest);
                window.Advance(window.Rest.Length);
            }

            return copy;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{named} must be unpacked for nfdump and there is no room in the temporary "
                + $"folder: {fault.Message.TrimEnd('.')}; unpack it yourself", fault);
        }
    }

    public void Dispose() => File.Delete(Path);
}
