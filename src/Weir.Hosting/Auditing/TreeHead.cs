// SPDX-License-Identifier: Apache-2.0
//
// A signed tree head says: so many entries there were, and this is the root over them. Who holds a copy of a head can
// prove that nothing before it was changed since, even by somebody with the key.
//
// Standards: RFC 9162 §4.10 in idea, RFC 8785 in form; ECDSA P-256 with SHA-256 (FIPS 186-5), r and s in hexadecimal.
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Weir.Hosting.Auditing;

/// <summary>Why a head was made.</summary>
public enum TreeHeadReason
{
    Start,
    Period,
    Stop,

    /// <summary>Entries before <see cref="TreeHead.KeptFrom"/> were dropped by retention.</summary>
    Prune,

    /// <summary>Entries stood behind the last head for seconds. The next head takes its place, so it has the number
    /// that this one will have, and lacks what only a start needs.</summary>
    Tail,
}

/// <summary>One line of <c>heads.jsonl</c> or <c>tail.jsonl</c>.</summary>
public sealed record TreeHead
{
    /// <summary>From 1, without gaps; of a tail head, that of the head which will take its place.</summary>
    public required long Number { get; init; }

    public required TreeHeadReason Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Entries covered: the sequences 1 to this.</summary>
    public required long Size { get; init; }

    /// <summary>Hash of the last entry covered.</summary>
    public required string Last { get; init; }

    /// <summary>Merkle root over all lines covered, hexadecimal.</summary>
    public required string Root { get; init; }

    /// <summary>Roots of the full subtrees, largest first; <see cref="Root"/> follows from them. None in a tail
    /// head.</summary>
    public IReadOnlyList<string> Peaks { get; init; } = [];

    /// <summary>First entry that is kept; 1 until retention dropped something.</summary>
    public long KeptFrom { get; init; } = 1;

    /// <summary>Peaks of the tree of the entries before <see cref="KeptFrom"/>.</summary>
    public IReadOnlyList<string> KeptFromPeaks { get; init; } = [];

    /// <summary>Hash of the entry before <see cref="KeptFrom"/>.</summary>
    public string KeptFromPrevious { get; init; } = AuditRecord.Beginning;

    /// <summary>SHA-256 of the head before, its whole line; 64 zeros at the first.</summary>
    public required string Previous { get; init; }

    /// <summary>SHA-256 of the public key (SubjectPublicKeyInfo).</summary>
    public required string Key { get; init; }

    /// <summary>Over the canonical JSON of all other members.</summary>
    public string Signature { get; init; } = "";

    internal bool IsTail => Kind == TreeHeadReason.Tail;

    /// <summary>The line, without line feed.</summary>
    internal byte[] Line()
    {
        var json = new CanonicalJson();
        json.Begin();
        json.Text("at", AuditRecord.TimeText(At));
        if (!IsTail)
        {
            json.Number("keptFrom", KeptFrom);
            json.Texts("keptFromPeaks", KeptFromPeaks);
            json.Text("keptFromPrevious", KeptFromPrevious);
        }

        json.Text("key", Key);
        json.Text("kind", ToName(Kind));
        json.Text("last", Last);
        json.Number("number", Number);
        if (!IsTail)
        {
            json.Texts("peaks", Peaks);
        }

        json.Text("previous", Previous);
        json.Text("root", Root);
        json.TextIfAny("signature", Signature);
        json.Number("size", Size);
        json.End();
        return json.Written.ToArray();
    }

    /// <summary>What the signature is over.</summary>
    internal byte[] Unsigned() => (this with { Signature = "" }).Line();

    /// <summary>What the next head names as its previous.</summary>
    internal string Digest() => Convert.ToHexStringLower(SHA256.HashData(Line()));

    /// <summary>Reads a line; null where it is not octet for octet a head.</summary>
    public static TreeHead? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var head = FromJson(document.RootElement);
            return line.SequenceEqual(head.Line()) && head.IsWellMade() ? head : null;
        }
        catch (Exception broken) when (broken is JsonException or FormatException
            or InvalidOperationException or ArgumentException or KeyNotFoundException)
        {
            return null;
        }
    }

    // Small letters alone: two spellings of one hash would let an octet change unseen.
    private bool IsWellMade() =>
        IsHex(Signature, 128) && Size >= 0 && KeptFrom >= 1
        && (IsTail || (Peaks.Count == BitOperations.PopCount((ulong)Size)
            && KeptFromPeaks.Count == BitOperations.PopCount((ulong)(KeptFrom - 1))))
        && Peaks.Concat(KeptFromPeaks)
            .Concat([Last, Root, KeptFromPrevious, Previous, Key]).All(hash => IsHex(hash, 64));

    private static bool IsHex(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);

    private static TreeHead FromJson(JsonElement root)
    {
        string Text(string name) => root.GetProperty(name).GetString() ?? "";
        IReadOnlyList<string> Texts(string name) =>
            [.. root.GetProperty(name).EnumerateArray().Select(e => e.GetString() ?? "")];
        var head = new TreeHead
        {
            Number = root.GetProperty("number").GetInt64(),
            Kind = Enum.GetValues<TreeHeadReason>().First(kind => ToName(kind) == Text("kind")),
            At = AuditRecord.TimeOf(Text("at")),
            Size = root.GetProperty("size").GetInt64(),
            Last = Text("last"),
            Root = Text("root"),
            Previous = Text("previous"),
            Key = Text("key"),
            Signature = Text("signature"),
        };
        return head.IsTail ? head : head with
        {
            Peaks = Texts("peaks"),
            KeptFrom = root.GetProperty("keptFrom").GetInt64(),
            KeptFromPeaks = Texts("keptFromPeaks"),
            KeptFromPrevious = Text("keptFromPrevious"),
        };
    }

    /// <summary>The word of a kind.</summary>
    public static string ToName(TreeHeadReason kind) => kind switch
    {
        TreeHeadReason.Start => "start",
        TreeHeadReason.Period => "period",
        TreeHeadReason.Stop => "stop",
        TreeHeadReason.Tail => "tail",
        _ => "prune",
    };

    public override string ToString() => Encoding.UTF8.GetString(Line());
}
