// SPDX-License-Identifier: Apache-2.0
//
// What the vault found and would sign, one line each, durable before the finding leaves: the digest of the grant, by
// its number. Nothing else is signed, and nothing but the same under the same number. No address and no name stands
// here.
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Weir.Contracts.Grounds;
using Weir.Hosting.Files;

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

    private readonly Lock _gate = new();
    private readonly DurableLines _file;
    private readonly Dictionary<(GrantKind Kind, string Id), GrantFinding> _known = [];

    /// <exception cref="InvalidDataException">A line cannot be read.</exception>
    public GrantLedger(string path)
    {
        (_file, var kept) = DurableLines.Open(path);
        foreach (var (number, line) in kept.Index())
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
        lock (_gate)
        {
            return _known.GetValueOrDefault((kind, id));
        }
    }

    /// <summary>Findings of one source since a time.</summary>
    public int Count(string source, DateTimeOffset since)
    {
        lock (_gate)
        {
            return _known.Values.Count(finding => finding.Source == source && finding.At >= since);
        }
    }

    /// <summary>Keeps a finding; durable when it returns. Again the same changes nothing.</summary>
    /// <returns>False where the number stands for something else.</returns>
    public bool Add(Grant grant, string source, DateTimeOffset at)
    {
        var finding = new GrantFinding(at, grant.Kind, grant.Id, source, Digest(grant));
        lock (_gate)
        {
            if (_known.TryGetValue((grant.Kind, grant.Id), out var before))
            {
                return before.Digest == finding.Digest;
            }

            var when = at.UtcDateTime.ToString(Times, CultureInfo.InvariantCulture);
            _file.Append($"{when}\t{Word(finding.Kind)}\t{finding.Id}\t{finding.Source}\t{finding.Digest}");
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
}

[System.Text.Json.Serialization.JsonSerializable(typeof(GrantFields))]
internal sealed partial class GrantFindingJson : System.Text.Json.Serialization.JsonSerializerContext;
