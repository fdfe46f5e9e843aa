// SPDX-License-Identifier: Apache-2.0
//
// Recomputes a whole log: every line is octet for octet what its fields make, every hash follows from the one before,
// every head's root from the entries, every signature from the public key. One changed octet anywhere is found, and the
// first line that does not hold is named. Heads exported earlier find a log that was written anew with its own key.
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
}

/// <summary>Verifies a log in a folder, written or not at the moment.</summary>
public sealed class AuditVerifier
{
    private readonly AuditFolder _folder;
    private readonly CanonicalJson _json = new();
    private readonly List<AuditFault> _faults = [];
    private readonly List<(TreeHead Head, long Line)> _heads = [];

    private AuditVerifier(string directory) => _folder = new(directory);

    /// <param name="directory">The log's folder.</param>
    /// <param name="exportedHeads">A file of heads copied earlier (<c>heads.jsonl</c> or an export);
    /// null for none.</param>
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
        // Entries first: what is written meanwhile only adds heads for which entries are not read yet.
        var segments = _folder.Segments();
        var ends = segments.ToDictionary(s => s.Path, s => new FileInfo(s.Path).Length);
        using var key = ReadKey();
        ReadHeads(key);
        if (exportedHeads is not null)
        {
            Compare(exportedHeads);
        }

        var walk = new AuditEntryWalker(_folder, _heads, _json, ends);
        if (walk.Run(segments) is { } fault)
        {
            _faults.Add(fault);
        }

        return new(walk.Held, _heads.Count, walk.KeptFrom, Math.Max(0, walk.Last - walk.Covered), _faults);
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

            _heads.Add((head!, line.Number));
            (previous, size, kept) = (head!.Digest(), head.Size, head.KeptFrom);
        }

        if (_heads.Count == 0)
        {
            _faults.Add(new(name, 0, 0, "no head is left"));
        }
    }

    /// <summary>The restore that said it loses what a head covers: its entry follows the first head of ours that is not
    /// the exported one, which is the one of its start.</summary>
    private AuditRecord? RestoreBehind(TreeHead exported)
    {
        if (exported.Number > _heads.Count)
        {
            return null;
        }

        var next = _heads.Skip((int)exported.Number).Select(own => own.Head.Size).FirstOrDefault(long.MaxValue);
        try
        {
            return AuditReader.Entries(_folder.Directory, since: exported.At).FirstOrDefault(record =>
                record.Entry is { Act: AuditActions.Restore, Result: AuditActions.RestoredWithLoss }
                && record.Sequence > _heads[(int)exported.Number - 1].Head.Size && record.Sequence <= next);
        }
        catch (AuditException)
        {
            return null; // the walk over the entries names the line
        }
    }

    private void Compare(string exportedHeads)
    {
        foreach (var line in TextLineFile.Read(exportedHeads))
        {
            if (TreeHead.Read(line.Octets.Span) is not { } exported)
            {
                // An export holds entries and the key beside heads; a line that speaks of a head but is
                // none is a fault.
                if (line.Octets.Span.IndexOf("\"signature\":"u8) >= 0)
                {
                    _faults.Add(new(exportedHeads, line.Number, 0, "is no head as the log writes one"));
                    return;
                }

                continue;
            }

            var own = exported.Number <= _heads.Count ? _heads[(int)exported.Number - 1].Head : null;
            if (own is null || !own.Line().AsSpan().SequenceEqual(exported.Line()))
            {
                _faults.Add(new(
                    Path.GetFileName(_folder.HeadsFile), own is null ? 0 : exported.Number, exported.Number,
                    RestoreBehind(exported) is { } restore
                        ? $"head {exported.Number} was exported on {AuditRecord.TimeText(exported.At)} over "
                            + $"{exported.Size} entries that are lost: entry {restore.Sequence}, a restore on "
                            + $"{AuditRecord.TimeText(restore.At)}, says so; compare what follows with "
                            + $"{_folder.CopyName}"
                        : own is null
                        ? $"head {exported.Number} was exported on {AuditRecord.TimeText(exported.At)} over "
                            + $"{exported.Size} entries and is not there: the log was set back"
                        : $"head {exported.Number} is not the one that was exported "
                            + $"({exportedHeads}:{line.Number}): the log was written anew"));
                return;
            }
        }
    }
}
