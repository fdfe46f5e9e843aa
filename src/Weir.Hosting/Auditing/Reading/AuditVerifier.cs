// SPDX-License-Identifier: Apache-2.0
//
// Recomputes a whole log: every line is octet for octet what its fields make, every hash follows from the one before,
// every head's root from the entries, every signature from the public key. One changed octet anywhere is found, and the
// first line that does not hold is named. Heads kept outside find a log that was cut, or written anew with its own key.
//
// Standards: RFC 8785, RFC 9162 §2.1.
using System.Security.Cryptography;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>What does not hold.</summary>
/// <param name="File">The file's name in the log's folder.</param>
/// <param name="Line">From 1; 0 for a whole file.</param>
/// <param name="Sequence">Of the entry, or number of the head; 0 for neither.</param>
/// <param name="What">One sentence.</param>
public sealed record AuditFault(string File, long Line, long Sequence, string What)
{
    public override string ToString() => Line == 0 ? $"{File}: {What}" : $"{File}:{Line}: {What}";
}

/// <summary>What a verification found. Faults: at most the first of the key, of the heads, and
/// of the entries.</summary>
/// <param name="Entries">Entries that were read and hold.</param>
/// <param name="Heads">Heads that were read and hold.</param>
/// <param name="KeptFrom">First entry that retention left.</param>
/// <param name="Uncovered">Entries behind the last head: they hang together, but no signature is over them yet.</param>
/// <param name="Faults">Empty where everything holds.</param>
public sealed record AuditVerificationResult(
    long Entries, long Heads, long KeptFrom, long Uncovered, IReadOnlyList<AuditFault> Faults)
{
    public bool IsSound => Faults.Count == 0;

    /// <summary>Earlier forms of the last head, which hold too: a log's own folder has them, a copy the last
    /// alone.</summary>
    public long Replaced { get; init; }

    /// <summary>Heads kept outside that the entries were held against.</summary>
    public long Compared { get; init; }

    /// <summary>Heads kept outside that another key signed.</summary>
    public long OfOthers { get; init; }

    /// <summary>The head kept outside that covers most, where that is more than there are entries; null where none
    /// does.</summary>
    public TreeHead? Beyond { get; init; }
}

/// <summary>A head where it stands.</summary>
internal sealed record AuditHeadLine(TreeHead Head, long Line, string File);

/// <summary>Verifies a log in a folder, written or not at the moment.</summary>
public sealed class AuditVerifier
{
    private readonly AuditFolder _folder;
    private readonly CanonicalJson _json = new();
    private readonly List<AuditFault> _faults = [];
    private readonly List<AuditHeadLine> _heads = [];

    private AuditVerifier(string directory) => _folder = new(directory);

    /// <param name="directory">The log's folder.</param>
    /// <param name="exportedHeads">A file of heads kept outside: <c>heads.jsonl</c> as copied, an export, lines of
    /// syslog or of mails; null for none.</param>
    /// <exception cref="AuditException">There is no log there.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AuditVerificationResult Verify(string directory, string? exportedHeads = null)
    {
        var verifier = new AuditVerifier(directory);
        if (!verifier._folder.HasLog)
        {
            throw new AuditException($"audit: '{directory}' holds no log; name the folder that auditing.dir names");
        }

        return verifier.Run(exportedHeads);
    }

    private AuditVerificationResult Run(string? exportedHeads)
    {
        using var key = ReadKey();
        // What is kept outside first, then entries: what is written meanwhile only adds to what comes later.
        var outside = exportedHeads is null || key is null ? null
            : OutsideHeads.Read(exportedHeads, AuditKey.FingerprintOf(key));
        var segments = _folder.Segments();
        var ends = segments.ToDictionary(s => s.Path, s => new FileInfo(s.Path).Length);
        List<TextLine> tail = File.Exists(_folder.TailFile)
            ? [.. TextLineFile.Read(_folder.TailFile).Select(line => line with { Octets = line.Octets.ToArray() })]
            : [];
        ReadHeads(key);
        if (_faults.Count == 0)
        {
            CheckTail(tail, key);
        }

        if (outside is not null)
        {
            CheckOutside(outside);
        }

        var walk = new AuditEntryWalker(_folder, _heads, _json, ends) { Outside = outside, Key = key };
        if (walk.Run(segments) is { } fault)
        {
            _faults.Add(fault);
        }

        // Forms of the last head that a later one took the place of stand in its folder alone, not in a copy.
        var heads = _heads.Select(head => head.Head.Number).Distinct().Count();
        return new(walk.Held, heads, walk.KeptFrom, Math.Max(0, walk.Last - walk.Covered), _faults)
        {
            Replaced = _heads.Count - heads,
            Compared = outside?.Count ?? 0,
            OfOthers = outside?.OfOthers ?? 0,
            Beyond = walk.Beyond,
        };
    }

    private ECDsa? ReadKey()
    {
        var name = Path.GetFileName(_folder.PublicKeyFile);
        if (!File.Exists(_folder.PublicKeyFile))
        {
            _faults.Add(new(name, 0, 0, "the public key is missing"));
            return null;
        }

        var key = AuditKey.ReadPublic(File.ReadAllBytes(_folder.PublicKeyFile));
        if (key is null)
        {
            _faults.Add(new(name, 0, 0, "the public key was changed: it is not the text this log writes"));
        }

        return key;
    }

    private void ReadHeads(ECDsa? key)
    {
        var name = Path.GetFileName(_folder.HeadsFile);
        if (!File.Exists(_folder.HeadsFile))
        {
            _faults.Add(new(name, 0, 0, "the heads are missing"));
            return;
        }

        var (previous, size, kept) = (AuditRecord.Beginning, 0L, 1L);
        foreach (var line in TextLineFile.Read(_folder.HeadsFile))
        {
            var head = line.IsWhole ? TreeHead.Read(line.Octets.Span) : null;
            var what = head is null ? (line.IsWhole ? "is no head as the log writes one" : "ends without its line feed")
                : head.Number != line.Number ? $"stands where head {line.Number} must be"
                : head.Previous != previous ? "does not follow the head before it"
                : key is not null && !AuditKey.Verify(key, head) ? "does not hold its signature"
                : head.Size < size || head.KeptFrom < kept || head.KeptFrom > head.Size + 1
                    ? "covers less than the head before it"
                : null;
            if (what is not null)
            {
                _faults.Add(new(name, line.Number, line.Number, $"head {line.Number} {what}"));
                return;
            }

            _heads.Add(new(head!, line.Number, name));
            (previous, size, kept) = (head!.Digest(), head.Size, head.KeptFrom);
        }

        if (_heads.Count == 0)
        {
            _faults.Add(new(name, 0, 0, "no head is left"));
        }
    }

    /// <summary>Heads behind the last one that stays. A file of before that one counts no more, and has to be sound all
    /// the same.</summary>
    private void CheckTail(List<TextLine> lines, ECDsa? key)
    {
        var name = Path.GetFileName(_folder.TailFile);
        var (last, size) = (_heads[^1].Head, _heads[^1].Head.Size);
        foreach (var line in lines)
        {
            var head = line.IsWhole ? TreeHead.Read(line.Octets.Span) : null;
            var what = head is null ? (line.IsWhole ? "is no head as the log writes one" : "ends without its line feed")
                : !head.IsTail || head.Number > last.Number + 1 ? "is none that can stand there"
                : key is not null && !AuditKey.Verify(key, head) ? "does not hold its signature"
                : head.Number <= last.Number ? null
                : head.Previous != last.Digest() ? "does not follow the head before it"
                : head.Size < size ? "covers less than the head before it"
                : null;
            if (what is not null)
            {
                _faults.Add(new(name, line.Number, line.Number, $"the head of this line {what}"));
                return;
            }

            if (head!.Number > last.Number)
            {
                _heads.Add(new(head, line.Number, name));
                size = head.Size;
            }
        }
    }

    private void CheckOutside(OutsideHeads outside)
    {
        if (outside.DamagedLine is { } line)
        {
            _faults.Add(new(outside.File, line, 0, "is no head as the log writes one"));
        }
        else if (outside is { Count: 0, OfOthers: 0 })
        {
            _faults.Add(new(outside.File, 0, 0, "no head of any record was found in it; name a file in which heads "
                + "were kept as they came"));
        }
        else if (outside.Count == 0)
        {
            _faults.Add(new(outside.File, 0, 0, $"none of its {outside.OfOthers} heads is signed by the key of this "
                + "log: it is another one's, or this log was begun anew with a key of its own"));
        }
    }
}
