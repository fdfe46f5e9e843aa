// SPDX-License-Identifier: Apache-2.0
//
// A key that is gone is not made anew in silence beside what it opened or named: nobody would see that what lies there
// leads nowhere any more. Whoever means it says why, in a file beside the key's place (docs/12-backup.md).
namespace Weir.Hosting.Files;

/// <summary>What was made under a key, so that the key must be there.</summary>
/// <param name="Data">The file or folder that is there only after the key was.</param>
/// <param name="Lost">What ends with the key, in words that follow a colon.</param>
/// <param name="InBackup">Whether <c>weir backup</c> keeps the key.</param>
public sealed record KeyUse(string Data, string Lost, bool InBackup = false)
{
    /// <summary>Ending of the file in which somebody says why a key is begun anew.</summary>
    public const string Anew = ".anew";

    /// <summary>Ending of the same file once the key was begun anew.</summary>
    public const string Begun = ".begun-anew";

    /// <summary>A use by a file, where it holds something; else null.</summary>
    /// <param name="data">The file.</param>
    /// <param name="lost">What ends with the key.</param>
    /// <param name="inBackup">Whether <c>weir backup</c> keeps the key.</param>
    public static KeyUse? OfFile(string data, string lost, bool inBackup = false) =>
        new FileInfo(data) is { Exists: true, Length: > 0 } ? new(data, lost, inBackup) : null;

    /// <summary>Makes a key that is not there, unless it was there and nobody says why another is begun.</summary>
    /// <param name="path">Where the key lies.</param>
    /// <param name="use">What was made under it; null for nothing.</param>
    /// <param name="make">Writes it; durable when it returns.</param>
    /// <exception cref="InvalidDataException">The key is lost; the message names it and both ways on.</exception>
    public static void Make(string path, KeyUse? use, Action make)
    {
        var why = path + Anew;
        if (use is not null && new FileInfo(why) is not { Exists: true, Length: > 0 })
        {
            var kept = use.InBackup
                ? "put it back from a backup with `weir restore`"
                : "put it back from where it was moved, no backup has it";
            throw new InvalidDataException(
                $"{path} is not there, and {use.Data} was made under it: {kept} (docs/12-backup.md); or, where it is "
                + $"lost for good, write why into {why} and start again, and another is made: {use.Lost}");
        }

        make();
        if (File.Exists(why))
        {
            File.Move(why, path + Begun, overwrite: true);
        }
    }
}
