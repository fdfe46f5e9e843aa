// SPDX-License-Identifier: Apache-2.0
//
// What a process keeps may lie outside its own folder: cases, the record, flows, the spool. Each of those folders says
// by itself which profile and whose governance it was written under, so that another configuration over the same data
// does not start: a lab, in which nothing is hidden, or people of one's own choice (attacks 26 and 28).
using Weir.Hosting.Files;

namespace Weir.Hosting.Governance;

/// <summary>A folder's mark, a line of three words: profile, instance, and the SHA-256 of the governance that was in
/// force last; a dash for none.</summary>
/// <param name="Profile">Such as <c>us-provider</c>.</param>
/// <param name="Instance">Which Weir.</param>
/// <param name="Governance">Digest.</param>
public sealed record DataMark(string Profile, string Instance, string Governance)
{
    private const string Name = ".weir-data";
    private const string Lab = "lab";
    private const string None = "-";

    /// <summary>What a process goes by.</summary>
    public static DataMark Of(string profile, GovernanceInForce inForce) => inForce.Document is { } document
        ? new(profile, document.Instance, inForce.Digest)
        : new(profile, None, None);

    /// <summary>Refuses a folder of another profile or of a governance that this one does not follow.</summary>
    /// <param name="folder">Where data lie; one that is not there is nobody's.</param>
    /// <param name="follows">Whether what is in force follows a governance, by its digest.</param>
    /// <exception cref="InvalidDataException">It is another's; the message names both.</exception>
    public void Require(string folder, Func<string, bool> follows)
    {
        if (Read(Path.Combine(folder, Name)) is not { } before)
        {
            return;
        }

        if (before.Profile != Profile && (before.Profile == Lab || Profile == Lab))
        {
            throw new InvalidDataException($"profile: is {Profile}, and what lies in {folder} is of profile "
                + $"{before.Profile}; a lab has folders of its own, and what a provider kept is never opened as one");
        }

        if (Governance != None && before.Governance != None && before.Governance != Governance
            && !follows(before.Governance))
        {
            throw new InvalidDataException($"governance.file: what lies in {folder} was kept under {before.Instance}, SHA-256 "
                + $"{before.Governance}, which the governance in force ({Instance}) does not replace; it was copied from "
                + "another Weir, or people of one's own choice would read it: use the governance that it belongs to, "
                + "whose changes name what they replace");
        }
    }

    /// <summary>Marks a folder that is there. Where nothing is in force, what was stays.</summary>
    /// <exception cref="IOException">It cannot be written; so may <see cref="UnauthorizedAccessException"/> say.
    /// </exception>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (Directory.Exists(folder) && Read(path) is var before && before != this
            && (before is null || Governance != None || before.Governance == None))
        {
            AtomicFile.Write(path, $"{Profile} {Instance} {Governance}\n");
        }
    }

    private static DataMark? Read(string path)
    {
        try
        {
            return !File.Exists(path) ? null
                : File.ReadAllText(path).Trim().Split(' ') is [var profile, var instance, var governance]
                    ? new(profile, instance, governance)
                : throw new InvalidDataException($"{path} is damaged: it is a line of three words; look at who changed "
                    + "it, and put it back from a backup");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} cannot be read: {fault.Message}; give it to this process's user", fault);
        }
    }
}
