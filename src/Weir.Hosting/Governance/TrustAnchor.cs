// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Files;

namespace Weir.Hosting.Governance;

/// <summary>The file of fingerprints that a process starts from: <c>SHA256:…</c>, a line each; what follows a space is
/// for people.</summary>
public static class TrustAnchor
{
    private const string Prefix = "SHA256:";
    private const int DigestDigits = 43;

    /// <summary>Whether a text is a fingerprint as <c>ssh-keygen -l</c> prints it.</summary>
    public static bool IsFingerprint(string text) =>
        text.Length == Prefix.Length + DigestDigits && text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The fingerprints of a file.</summary>
    /// <exception cref="InvalidDataException">It is not there, others may write it, or a line is none.</exception>
    public static IReadOnlySet<string> Read(string path)
    {
        try
        {
            OwnedFile.Require(path);
            var prints = OrdinaryFile.Lines(path).Where(line => line.Length > 0 && line[0] != '#')
                .Select(line => line.Split(' ')[0]).ToHashSet(StringComparer.Ordinal);
            return prints.All(IsFingerprint)
                ? prints
                : throw new InvalidDataException($"{path}: a line is no fingerprint such as SHA256:…, as ssh-keygen -l "
                    + "prints; write it anew with weir vault enroll");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"{path}: the fingerprints to start from cannot be read: {fault.Message}; weir vault enroll writes them",
                fault);
        }
    }

    /// <summary>Writes a new one.</summary>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    public static void Write(string path, IEnumerable<(string Fingerprint, string Name)> keys)
    {
        if (File.Exists(path))
        {
            throw new IOException($"{path} is there already; what is governed is changed by two people who sign it, "
                + "not by another anchor");
        }

        AtomicFile.Write(path, string.Concat(keys.Select(key => $"{key.Fingerprint} {key.Name}\n")));
    }
}
