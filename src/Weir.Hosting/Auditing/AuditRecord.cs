// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Weir.Hosting.Auditing;

/// <summary>An entry as it stands in the log: one line of canonical JSON (RFC 8785), ended by a line feed.</summary>
/// <param name="Sequence">From 1, without gaps.</param>
/// <param name="At">UTC, to the millisecond. Times may go back where the clock did; the sequence never.</param>
/// <param name="Entry">What was recorded.</param>
/// <param name="Previous">Hash of the entry before; 64 zeros at the first.</param>
/// <param name="Hash">SHA-256, hexadecimal, of this entry's canonical JSON without the member <c>hash</c>.</param>
public sealed record AuditRecord(long Sequence, DateTimeOffset At, AuditEntry Entry, string Previous, string Hash)
{
    /// <summary>The hash before the first entry.</summary>
    public const string Beginning = "0000000000000000000000000000000000000000000000000000000000000000";

    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    internal static string TimeText(DateTimeOffset at) =>
        at.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture);

    internal static DateTimeOffset TimeOf(string text) =>
        DateTimeOffset.ParseExact(text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>Makes the record that follows <paramref name="previous"/>; its line, without line feed, stays in
    /// <paramref name="json"/>.</summary>
    internal static AuditRecord Make(
        AuditEntry entry, long sequence, DateTimeOffset at, string previous, CanonicalJson json)
    {
        var unsealed = new AuditRecord(sequence, at, entry, previous, "");
        unsealed.Write(json);
        var record = unsealed with { Hash = Convert.ToHexStringLower(SHA256.HashData(json.Written)) };
        record.Write(json);
        return record;
    }

    /// <summary>Reads a line, without line feed. Null where it is not octet for octet what <see cref="Make"/> writes
    /// for the fields it holds; the hash it carries is compared too.</summary>
    internal static AuditRecord? Read(ReadOnlySpan<byte> line, CanonicalJson json)
    {
        AuditRecord record;
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            record = FromJson(document.RootElement);
            if (Make(record.Entry, record.Sequence, record.At, record.Previous, json).Hash != record.Hash)
            {
                return null;
            }
        }
        catch (Exception broken) when (broken is JsonException or FormatException
            or InvalidOperationException or ArgumentException or KeyNotFoundException)
        {
            return null;
        }

        return line.SequenceEqual(json.Written) ? record : null;
    }

    /// <summary>The line, without line feed.</summary>
    internal void Write(CanonicalJson json)
    {
        json.Begin();
        json.Text("act", Entry.Act);
        json.Text("actor", Entry.Actor);
        json.NumberIfAny("added", Entry.Added);
        json.TextIfAny("approval", Entry.Approval);
        json.Text("at", TimeText(At));
        json.TextIfAny("case", Entry.Case);
        json.NumberIfAny("collateral", Entry.Collateral);
        json.TextIfAny("difference", Entry.Difference);
        json.TextIfAny("for", Entry.For);
        json.TextIfAny("hash", Hash);
        json.NumberIfAny("lifetimeSeconds", Entry.LifetimeSeconds);
        json.Text("outcome", Entry.Outcome);
        json.NumberIfAny("permuted", Entry.Permuted);
        json.TextIfAny("predicateDigest", Entry.PredicateDigest);
        json.Text("previous", Previous);
        json.TextIfAny("purpose", Entry.Purpose);
        json.TextIfAny("reason", Entry.Reason);
        json.NumberIfAny("removed", Entry.Removed);
        json.TextIfAny("request", Entry.Request);
        json.TextIfAny("result", Entry.Result);
        json.TextIfAny("resultDigest", Entry.ResultDigest);
        json.Text("role", Entry.Role);
        json.Number("rows", Entry.Rows);
        json.TextIfAny("rule", Entry.Rule);
        json.TextIfAny("scope", Entry.Scope);
        json.Number("sequence", Sequence);
        json.TextIfAny("signature", Entry.Signature);
        json.TextIfAny("subject", Entry.Subject);
        json.TextIfAny("text", Entry.Text);
        json.End();
    }

    private static AuditRecord FromJson(JsonElement root)
    {
        string Text(string name) => root.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        long? Number(string name) => root.TryGetProperty(name, out var value) ? value.GetInt64() : null;
        string Needed(string name) => root.GetProperty(name).GetString() ?? "";

        var entry = new AuditEntry
        {
            Act = Needed("act"),
            Actor = Needed("actor"),
            Role = Needed("role"),
            Outcome = Needed("outcome"),
            Purpose = Text("purpose"),
            Case = Text("case"),
            Scope = Text("scope"),
            Subject = Text("subject"),
            Rule = Text("rule"),
            PredicateDigest = Text("predicateDigest"),
            Rows = root.GetProperty("rows").GetInt64(),
            ResultDigest = Text("resultDigest"),
            Reason = Text("reason"),
            Request = Text("request"),
            For = Text("for"),
            Result = Text("result"),
            Approval = Text("approval"),
            Text = Text("text"),
            Signature = Text("signature"),
            Collateral = Number("collateral"),
            LifetimeSeconds = Number("lifetimeSeconds"),
            Permuted = Number("permuted"),
            Added = Number("added"),
            Removed = Number("removed"),
            Difference = Text("difference"),
        };
        return new(
            root.GetProperty("sequence").GetInt64(), TimeOf(Needed("at")), entry, Needed("previous"), Needed("hash"));
    }
}
