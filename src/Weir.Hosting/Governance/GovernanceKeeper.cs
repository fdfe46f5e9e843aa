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
/// <param name="keeps">Whether it keeps and notes what it finds; else it only looks, and writes nothing.</param>
public sealed class GovernanceKeeper(GovernanceOptions options, string folder, TimeProvider time, bool keeps = true)
{
    /// <summary>How long what recovery keys signed waits.</summary>
    public static readonly TimeSpan RecoveryWait = TimeSpan.FromHours(72);

    private string Kept => KeptIn(folder);

    /// <summary>Digests of all that were replaced here, a line each: none of them comes back as it was.</summary>
    private string Past => Path.Combine(folder, "governance", "past");

    private string SignedByFile => Path.Combine(folder, "governance", "signed-by");

    private string SeenFile => Path.Combine(folder, "governance", "recovery-seen");

    private bool IsPast(string digest) => File.Exists(Past) && File.ReadLines(Past).Contains(digest);

    /// <summary>Where a process keeps the last signed copy.</summary>
    /// <param name="folder">The process's own.</param>
    public static string KeptIn(string folder) => Path.Combine(folder, "governance", "governance.yaml");

    /// <summary>Whether what is in force follows a governance that was in force before.</summary>
    public bool Follows(GovernanceInForce inForce, string digest) =>
        inForce.Document?.Replaces.Contains(digest) == true || IsPast(digest);

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
                    + "docs/32-people-and-keys.md")
                : Begin(lies);
        }

        var inForce = InForce(kept);
        if (lies is null || lies.Octets.Span.SequenceEqual(kept.Octets.Span))
        {
            // What recovery keys signed was taken out: whoever lays it there again waits anew.
            Forget();
        }

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
            if (IsPast(lies.Digest))
            {
                return inForce with
                {
                    Waits = $"governance waits: {options.File} was in force before and was replaced; whoever wants it "
                        + "again changes a line of it, so that it is signed anew",
                };
            }

            var signed = GovernanceSigners.Of(inForce.Document!).Verify(lies);
            if (signed.Fault.Length > 0)
            {
                Forget();
                return inForce with { Waits =
                    $"governance waits: {options.File} {signed.Fault}; weir governance sign" };
            }

            if (document.FaultAfter(inForce.Digest) is { Length: > 0 } stray)
            {
                Forget();
                return inForce with { Waits = $"governance waits: {options.File} {stray}" };
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
            if (keeps)
            {
                Write(lies, signed);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{Kept}: the copy of what is governed cannot be kept: {fault.Message}",
                fault);
        }

        return new(document, document.ToPeople(), lies.Digest, signed.Names, "");
    }

    /// <summary>The file itself last: until then the copy of before is in force, and the next round begins
    /// anew.</summary>
    private void Write(SignedGovernance lies, GovernanceSigned signed)
    {
        OpenFolder();
        if (SignedGovernance.Read(Kept) is { } before
            && !IsPast(before.Digest))
        {
            File.AppendAllLines(Past, [before.Digest]);
        }

        if (Directory.Exists(SignedGovernance.SignaturesOf(Kept)))
        {
            Directory.Delete(SignedGovernance.SignaturesOf(Kept), recursive: true);
        }

        lies.Write(Kept);
        AtomicFile.Write(SignedByFile, string.Join('\n', signed.Names) + "\n");
        File.Delete(SeenFile);
    }

    private void Forget()
    {
        if (keeps && File.Exists(SeenFile))
        {
            File.Delete(SeenFile);
        }
    }

    private GovernanceInForce InForce(SignedGovernance kept)
    {
        var reading = kept.Parse();
        var by = SignedByFile;
        return reading.IsSound
            ? new(
                reading.Value, reading.Value.ToPeople(), kept.Digest,
                File.Exists(by) ? File.ReadAllLines(by) : [], "")
            : throw new InvalidDataException(
                $"{reading.Faults[0].At(Kept)}; the kept copy of what is governed is damaged: restore it from a backup");
    }

    /// <summary>The process's folder may not be there yet: it then is its owner's alone, as whoever opens it next
    /// expects.
    /// </summary>
    private void OpenFolder()
    {
        _ = Directory.CreateDirectory(folder, KeyFile.OwnerFolder);
        KeyFile.Folder(Path.GetDirectoryName(Kept)!);
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
        if (keeps)
        {
            OpenFolder();
            AtomicFile.Write(
                SeenFile, string.Create(CultureInfo.InvariantCulture, $"{digest} {now.ToUnixTimeSeconds()}"));
        }

        return now;
    }
}
