// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Files;

namespace Weir.Hosting.Backups;

/// <summary>Which instance of a process's state this is: 0 at first, one more with each restore. Nothing that was open
/// in one is open in the next.</summary>
public static class InstanceFile
{
    private const string Name = "instance";

    /// <summary>The number; 0 where there was no restore.</summary>
    public static int Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        return File.Exists(path) && int.TryParse(
            File.ReadAllText(path), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    internal static void Write(string folder, int number) => AtomicFile.Write(
        Path.Combine(folder, Name), string.Create(CultureInfo.InvariantCulture, $"{number}\n"));
}
