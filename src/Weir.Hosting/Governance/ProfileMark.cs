// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Files;

namespace Weir.Hosting.Governance;

/// <summary>Which profile a process's folder belongs to, from its first start on: what a provider's processes kept is
/// not opened as a lab, in which nothing is hidden (attacks 26).</summary>
public static class ProfileMark
{
    private const string Name = "profile";
    private const string Lab = "lab";

    /// <summary>Takes a folder for a profile.</summary>
    /// <param name="folder">The process's own.</param>
    /// <param name="profile">Its word, such as <c>us-provider</c>.</param>
    /// <exception cref="InvalidDataException">It is another profile's, or cannot be marked.</exception>
    public static void Take(string folder, string profile)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            if (!File.Exists(path))
            {
                _ = Directory.CreateDirectory(folder, KeyFile.OwnerFolder);
                AtomicFile.Write(path, profile + "\n");
                return;
            }

            var before = File.ReadAllText(path).Trim();
            if (before != profile && (before == Lab || profile == Lab))
            {
                throw new InvalidDataException($"profile: is {profile}, and {folder} is of profile {before}; a lab has "
                    + "folders of its own, and what a provider kept is never opened as one");
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} cannot be had: {fault.Message}", fault);
        }
    }
}
