// SPDX-License-Identifier: Apache-2.0
//
// Each process verifies what is governed itself and keeps the last signed copy in its own folder. What lies in the file
// comes in force when the people in force signed it; until then the kept copy is. What recovery keys signed waits 72
// hours from when it was first seen, and everybody is told meanwhile.
using System.Globalization;
using Weir.Hosting.Files;

namespace Weir.Hosting.Governance;

/// <summary>Reads, judges and keeps. Not for several threads.</summary>
/// <param name="options">Where it lies.</param>
/// <param name="folder">The process's own folder, in which the copy is kept.</param>
/// <param name="time">The clock.</param>
public sealed class GovernanceKeeper(GovernanceOptions options, string folder, TimeProvider time)
{
    /// <summary>How long what recovery keys signed waits.</summary>
    public static readonly TimeSpan RecoveryWait = TimeSpan.FromHours(72);

    private string Kept => Path.Combine(folder, "governance", "governance.yaml");

    private string SeenFile => Path.Combine(folder, "governance", "recovery-seen");

    /// <summary>What is in force now.</summary>
    /// <exception cref="InvalidDataException">The kept copy is damaged or cannot be kept; the message says the fix.
    /// </exception>
    public GovernanceInForce Load()
    {
        var kept = SignedGovernance.Read(Kept);
        SignedGovernance? lies = null;
        var fault = "";
        try
        {
            lies = SignedGovernance.Read(options.File);
            fault = lies is null ? $"{options.File} is not there" : "";
        }
        catch (InvalidDataException unreadable)
        {
            fault = unreadable.Message;
        }

        if (kept is null)
        {
            return lies is null
                ? GovernanceInForce.None($"no governance is in force, so nobody has a role and nobody approves: {fault}; "
                    + "docs/30-people-and-keys.md")
                : Begin(lies);
        }

        var inForce = InForce(kept);
        return lies is null ? inForce with { Waits = $"governance: {fault}; the copy of before is in force" }
            : lies.Octets.Span.SequenceEqual(kept.Octets.Span) ? inForce
            : Change(inForce, lies);
    }

    private GovernanceInForce Begin(SignedGovernance lies)
    {
        try
        {
            var document = Sound(lies);
            var signed = GovernanceSigners.Of(document, TrustAnchor.Read(options.Anchor)).Verify(lies);
            return signed.Fault.Length == 0
                ? Keep(lies, document, signed)
                : GovernanceInForce.None($"no governance is in force, so nobody has a role and nobody approves: "
                    + $"{options.File} {signed.Fault} of those whose keys {options.Anchor} names");
        }
        catch (InvalidDataException refused)
        {
            return GovernanceInForce.None(
                $"no governance is in force, so nobody has a role and nobody approves: {refused.Message}");
        }
    }

    private GovernanceInForce Change(GovernanceInForce inForce, SignedGovernance lies)
    {
        try
        {
            var document = Sound(lies);
            var signed = GovernanceSigners.Of(inForce.Document!).Verify(lies);
            if (signed.Fault.Length > 0)
            {
                return inForce with { Waits = $"governance waits: {options.File} {signed.Fault}; weir governance sign" };
            }

            if (signed.IsRecovery && SeenAt(lies.Digest) + RecoveryWait is var due && due > time.GetUtcNow())
            {
                return inForce with
                {
                    Waits = string.Create(
                        CultureInfo.InvariantCulture,
                        $"governance waits: {options.File} was signed with recovery keys ({string.Join(", ", signed.Names)}) "
                            + $"and comes in force at {due:yyyy-MM-dd HH:mm} UTC; whoever did not want this takes the file out"),
                };
            }

            return Keep(lies, document, signed);
        }
        catch (InvalidDataException refused)
        {
            return inForce with { Waits = $"governance waits: {refused.Message}" };
        }
    }

    private GovernanceInForce Keep(SignedGovernance lies, GovernanceDocument document, GovernanceSigned signed)
    {
        try
        {
            KeyFile.Folder(Path.GetDirectoryName(Kept)!);
            if (Directory.Exists(SignedGovernance.SignaturesOf(Kept)))
            {
                Directory.Delete(SignedGovernance.SignaturesOf(Kept), recursive: true);
            }

            lies.Write(Kept);
            AtomicFile.Write(Path.Combine(folder, "governance", "signed-by"), string.Join('\n', signed.Names) + "\n");
            File.Delete(SeenFile);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{Kept}: the copy of what is governed cannot be kept: {fault.Message}", fault);
        }

        return new(document, document.ToPeople(), lies.Digest, signed.Names, "");
    }

    private GovernanceInForce InForce(SignedGovernance kept)
    {
        var reading = kept.Parse();
        var by = Path.Combine(folder, "governance", "signed-by");
        return reading.IsSound
            ? new(
                reading.Value, reading.Value.ToPeople(), kept.Digest,
                File.Exists(by) ? File.ReadAllLines(by) : [], "")
            : throw new InvalidDataException(
                $"{reading.Faults[0].At(Kept)}; the kept copy of what is governed is damaged: restore it from a backup");
    }

    private GovernanceDocument Sound(SignedGovernance lies)
    {
        var reading = lies.Parse();
        return reading.IsSound
            ? reading.Value
            : throw new InvalidDataException(reading.Faults[0].At(options.File));
    }

    /// <summary>When these octets were first seen; noted now where they were not.</summary>
    private DateTimeOffset SeenAt(string digest)
    {
        if (File.Exists(SeenFile) && File.ReadAllText(SeenFile).Split(' ') is [var seen, var at]
            && seen == digest && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }

        var now = time.GetUtcNow();
        KeyFile.Folder(Path.GetDirectoryName(SeenFile)!);
        AtomicFile.Write(
            SeenFile, string.Create(CultureInfo.InvariantCulture, $"{digest} {now.ToUnixTimeSeconds()}"));
        return now;
    }
}
