// SPDX-License-Identifier: Apache-2.0
//
// What the vault found and would sign, one line each, durable before the finding leaves: the digest of the grant, by
// its number. Nothing else is signed, and nothing but the same under the same number. No address and no name stands
// here.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Weir.Contracts.Grounds;
using Weir.Hosting.Files;
using Weir.Vault.Keys;

namespace Weir.Vault.Granting;

/// <summary>A finding.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">About what.</param>
/// <param name="Id">The grant's number.</param>
/// <param name="Source">Reporter of a complaint; <c>-</c> for others.</param>
/// <param name="Digest">SHA-256 of the grant's fields.</param>
internal sealed record GrantFinding(DateTimeOffset At, GrantKind Kind, string Id, string Source, string Digest);

/// <summary>The file of findings. Safe for any thread.</summary>
internal sealed class GrantLedger
{
    private const string Times = "yyyy-MM-ddTHH:mm:ssZ";
    private const string Complaint = "complaint";
    private const string Consent = "consent";

    private readonly Lock _file = new();
    private readonly string _path;
    private readonly Dictionary<(GrantKind Kind, string Id), GrantFinding> _known = [];

    /// <exception cref="InvalidDataException">A line cannot be read.</exception>
    public GrantLedger(string path)
    {
        _path = path;
        DropTornEnd(path);
        foreach (var (number, line) in (File.Exists(path) ? File.ReadAllLines(path) : []).Index())
        {
            var finding = Read(line) ?? throw new InvalidDataException(
                $"{path}:{number + 1}: is no finding; restore the file, a grant must not be given for another thing");
            _known[(finding.Kind, finding.Id)] = finding;
        }
    }

    /// <summary>SHA-256 over every field of a grant.</summary>
    public static string Digest(Grant grant) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(GrantFields.From(grant), GrantFindingJson.Default.GrantFields)));

    /// <summary>What was found under a number; null where nothing was.</summary>
    public GrantFinding? Find(GrantKind kind, string id)
    {
        lock (_file)
        {
            return _known.GetValueOrDefault((kind, id));
        }
    }

    /// <summary>Findings of one source since a time.</summary>
    public int Count(string source, DateTimeOffset since)
    {
        lock (_file)
        {
            return _known.Values.Count(finding => finding.Source == source && finding.At >= since);
        }
    }

    /// <summary>Keeps a finding; durable when it returns. Again the same changes nothing.</summary>
    /// <returns>False where the number stands for something else.</returns>
    public bool Add(Grant grant, string source, DateTimeOffset at)
    {
        var finding = new GrantFinding(at, grant.Kind, grant.Id, source, Digest(grant));
        lock (_file)
        {
            if (_known.TryGetValue((grant.Kind, grant.Id), out var before))
            {
                return before.Digest == finding.Digest;
            }

            using (var file = new FileStream(_path, new FileStreamOptions
            {
                Mode = FileMode.Append, Access = FileAccess.Write, UnixCreateMode = KeyFile.OwnerOnly, BufferSize = 0,
            }))
            {
                file.Write(Encoding.UTF8.GetBytes(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{at.UtcDateTime.ToString(Times, CultureInfo.InvariantCulture)}\t{Word(finding.Kind)}\t"
                        + $"{finding.Id}\t{finding.Source}\t{finding.Digest}\n")));
                file.Flush(flushToDisk: true);
            }

            _known[(grant.Kind, grant.Id)] = finding;
            return true;
        }
    }

    private static string Word(GrantKind kind) => kind == GrantKind.Complaint ? Complaint : Consent;

    private static GrantFinding? Read(string line) =>
        line.Split('\t') is [var at, Complaint or Consent, var id, var source, { Length: 64 } digest] parts
        && DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when)
            ? new(when, parts[1] == Complaint ? GrantKind.Complaint : GrantKind.Consent, id, source, digest)
            : null;

    /// <summary>A line without its end was never durable, so what it speaks of did not leave.</summary>
    private static void DropTornEnd(string path)
    {
        if (File.Exists(path) && File.ReadAllText(path) is { Length: > 0 } text && text[^1] != '\n')
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.SetLength(Encoding.UTF8.GetByteCount(text.AsSpan(0, text.LastIndexOf('\n') + 1)));
            file.Flush(flushToDisk: true);
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(GrantFields))]
internal sealed partial class GrantFindingJson : System.Text.Json.Serialization.JsonSerializerContext;
