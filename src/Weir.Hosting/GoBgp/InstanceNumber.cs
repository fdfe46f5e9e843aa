// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using Weir.Hosting.Files;

namespace Weir.Hosting.GoBgp;

/// <summary>Which Weir this is among those that announce into one GoBGP: a route of another number is never withdrawn.
/// Drawn at random at the first start and kept, so that two that nobody numbered do not take each other's routes for
/// orphans of their own.</summary>
public sealed record InstanceNumber(uint Value)
{
    /// <summary>Numbers below are those that every Weir had before they were drawn.</summary>
    private const int FirstDrawn = 1_000;

    /// <summary>The configured number, else the kept one, else one that is drawn and kept.</summary>
    /// <param name="configured">Null where nobody wrote one.</param>
    /// <param name="path">Where it is kept.</param>
    /// <param name="records">A file that a Weir of before has: its routes bear <paramref name="usual"/>, and stay its
    /// own; empty for none.</param>
    /// <param name="usual">The number of before.</param>
    /// <exception cref="IOException">It cannot be read or written; the message names it and the fix.</exception>
    public static InstanceNumber Open(uint? configured, string path, string records, uint usual)
    {
        if (configured is { } written)
        {
            return new(written);
        }

        try
        {
            if (File.Exists(path))
            {
                return uint.TryParse(
                    File.ReadAllText(path), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var kept)
                    ? new(kept)
                    : throw new IOException(
                        $"{path} holds no number: routes of before cannot be told from others'. Write the last part of "
                        + "the large community of our routes into it, as gobgp global rib shows it");
            }

            var drawn = File.Exists(records) ? usual : (uint)RandomNumberGenerator.GetInt32(FirstDrawn, int.MaxValue);
            AtomicFile.Write(path, string.Create(CultureInfo.InvariantCulture, $"{drawn}\n"));
            return new(drawn);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException($"{path} cannot be written: {denied.Message}; give its folder to this user", denied);
        }
    }
}
