// SPDX-License-Identifier: Apache-2.0
//
// The files of one audit log: a segment of entries a day, named by its first sequence and its day; heads.jsonl;
// tail.jsonl; the key and its public half. Everything is its user's alone.
using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Auditing;

/// <summary>A segment file by its name.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="First">Sequence of its first entry.</param>
/// <param name="Day">UTC day of its first entry.</param>
internal sealed record AuditSegment(string Path, long First, DateOnly Day)
{
    public string Name => System.IO.Path.GetFileName(Path);
}

internal sealed partial class AuditFolder(string directory)
{
    private const int MostReason = 1_000;

    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Directory => directory;

    public string KeyFile { get; } = Path.Combine(directory, "key.pem");

    public string PublicKeyFile { get; } = Path.Combine(directory, "public.pem");

    public string HeadsFile { get; } = Path.Combine(directory, "heads.jsonl");

    /// <summary>Heads signed since the last one of <see cref="HeadsFile"/>, which is begun anew behind each of those.
    /// </summary>
    public string TailFile { get; } = Path.Combine(directory, "tail.jsonl");

    public string LockFile { get; } = Path.Combine(directory, "lock");

    /// <summary>How many files of heads lie elsewhere: another is begun where a restore lost what the last one
    /// covers.</summary>
    public string CopiesFile { get; } = Path.Combine(directory, "copies");

    /// <summary>Name of the file elsewhere that heads are copied to.</summary>
    public string CopyName => Copies() is > 1 and var copies
        ? string.Create(CultureInfo.InvariantCulture, $"heads-{copies}.jsonl")
        : "heads.jsonl";

    /// <summary>Why a log is begun beside what another was the record of, in an operator's words.</summary>
    public string AnewFile { get; } = Path.Combine(directory, "begin-anew");

    /// <summary>Why a log may begin here from nothing; empty where there is one, or nothing it would be the record
    /// of.</summary>
    /// <param name="beside">A file that is there only after a log was.</param>
    /// <exception cref="AuditException">The log is gone and nobody said why.</exception>
    public string ReasonToBegin(string beside)
    {
        if (beside.Length == 0 || HasLog || !File.Exists(beside))
        {
            return "";
        }

        var written = File.Exists(AnewFile) ? File.ReadAllText(AnewFile).ReplaceLineEndings(" ").Trim() : "";
        return written.Length > 0 ? written[..Math.Min(written.Length, MostReason)] : throw new AuditException(
            $"audit: '{directory}' holds no log, and '{beside}' holds what one was the record of; put the log back from "
                + $"where it was moved or from a backup (docs/12-backup.md), or, where it is lost for good, write why "
                + $"into '{AnewFile}' and start again: whoever verifies finds what is missing");
    }

    public bool HasLog => File.Exists(HeadsFile) || Segments().Count > 0;

    /// <summary>Makes the folder with mode 0700 where it is missing, and takes it for this process alone.</summary>
    public FileStream Lock()
    {
        try
        {
            System.IO.Directory.CreateDirectory(directory, OwnerAlone | UnixFileMode.UserExecute);
            return FileLock.Take(LockFile);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(
                $"audit: '{directory}' cannot be used, one process writes a log and its user must own the folder: "
                    + fault.Message, fault);
        }
    }

    /// <summary>Segments by their first sequence.</summary>
    public List<AuditSegment> Segments() => !System.IO.Directory.Exists(directory)
        ? []
        : [.. from path in System.IO.Directory.EnumerateFiles(directory, "*.jsonl")
              let match = SegmentName().Match(Path.GetFileName(path))
              where match.Success && DateOnly.TryParseExact(
                  match.Groups["day"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
              orderby match.Groups["first"].Value
              select new AuditSegment(
                  path,
                  long.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture),
                  DateOnly.ParseExact(match.Groups["day"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture))];

    public AuditSegment SegmentOf(long first, DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        return new(
            Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{first:D15}-{day:yyyy-MM-dd}.jsonl")),
            first, day);
    }

    /// <summary>Opens a file to append to; makes it, and its name durable, where it is missing.</summary>
    public FileStream OpenToWrite(string path)
    {
        var isNew = !File.Exists(path);
        var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = OwnerAlone,
        });
        if (isNew)
        {
            Sync();
        }

        stream.Seek(0, SeekOrigin.End);
        return stream;
    }

    /// <summary>Writes a small file that is there whole or not at all.</summary>
    public void WriteWhole(string path, byte[] octets)
    {
        var beside = path + ".part";
        File.Delete(beside);
        using (var stream = new FileStream(beside, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerAlone
        }))
        {
            stream.Write(octets);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path);
        Sync();
    }

    /// <summary>fsync(2) of the folder: makes new names and removals durable.</summary>
    public void Sync() => FolderSync.Flush(directory);

    /// <summary>Has heads copied to another file from now on.</summary>
    public void BeginCopy() =>
        Files.AtomicFile.Write(CopiesFile,
            string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Copies()) + 1}\n"));

    private int Copies() => File.Exists(CopiesFile) && int.TryParse(
        File.ReadAllText(CopiesFile), NumberStyles.Integer, CultureInfo.InvariantCulture, out var copies) ? copies : 0;

    [GeneratedRegex(@"^(?<first>\d{15})-(?<day>\d{4}-\d{2}-\d{2})\.jsonl$")]
    private static partial Regex SegmentName();
}
