// SPDX-License-Identifier: Apache-2.0
//
// Heads as they were kept outside: a copy of heads.jsonl, an export, a file of syslog, mails or posts. A head is found
// wherever in a line it stands, and in lines that a mail folded. It speaks by its root over so many entries, so it is
// compared with the entries themselves, whatever heads the log still has. Who can write there can write lines of his
// own: where one contradicts the log, its signature is looked at before it counts.
//
// Standards: RFC 9162 §2.1, RFC 2045 §6.7.
using System.Security.Cryptography;
using System.Text.Json;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>One of them, small: a year has millions.</summary>
/// <param name="Size">Entries it covers.</param>
/// <param name="Line">Of the file.</param>
/// <param name="High">First half of its root.</param>
/// <param name="Low">Second half.</param>
internal readonly record struct OutsideHead(long Size, long Line, UInt128 High, UInt128 Low)
{
    public OutsideHead(TreeHead head, long line)
        : this(head.Size, line, Half(head.Root, 0), Half(head.Root, 32))
    {
    }

    /// <summary>Whether it was signed over entries with this root.</summary>
    public bool IsOver(string root) => Half(root, 0) == High && Half(root, 32) == Low;

    private static UInt128 Half(string root, int from) => UInt128.Parse(
        root.AsSpan(from, 32), System.Globalization.NumberStyles.AllowHexSpecifier,
        System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A file of them, in the order of what they cover.</summary>
internal sealed class OutsideHeads
{
    private static readonly byte[] Beginning = "{\"at\":\""u8.ToArray();

    /// <summary>No head is as long.</summary>
    private const int MostJoined = 1 << 16;

    private readonly List<OutsideHead> _heads = [];
    private int _next;

    private OutsideHeads(string file) => File = file;

    public string File { get; }

    /// <summary>Heads of the log's key.</summary>
    public int Count => _heads.Count;

    /// <summary>Heads of other keys: other processes' in a file of several, or this log's before it was begun
    /// anew.</summary>
    public long OfOthers { get; private set; }

    /// <summary>The first line that speaks of a head and is none; null for none.</summary>
    public long? DamagedLine { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="fingerprint">Of the log's key.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static OutsideHeads Read(string file, string fingerprint)
    {
        var outside = new OutsideHeads(file);
        foreach (var line in Lines(file))
        {
            if (HeadIn(line.Octets.Span) is { } head)
            {
                if (head.Key == fingerprint)
                {
                    outside._heads.Add(new(head, line.Number));
                }
                else
                {
                    outside.OfOthers++;
                }
            }
            else if (line.IsWhole && line.Octets.Span.IndexOf("\"signature\":\""u8) >= 0
                && line.Octets.Span.IndexOf("\"root\":\""u8) >= 0)
            {
                outside.DamagedLine ??= line.Number;
            }
        }

        outside._heads.Sort((one, other) => (one.Size, one.Line).CompareTo((other.Size, other.Line)));
        return outside;
    }

    /// <summary>Passes over those that cover fewer entries than this.</summary>
    public void SkipTo(long size)
    {
        for (; _next < _heads.Count && _heads[_next].Size < size; _next++)
        {
        }
    }

    /// <summary>Whether there is one over so many entries.</summary>
    public bool IsAt(long size) => _next < _heads.Count && _heads[_next].Size == size;

    /// <summary>The first head over so many entries that is not over these, and holds its signature.</summary>
    public TreeHead? Against(long size, string root, ECDsa? key)
    {
        for (; IsAt(size); _next++)
        {
            if (!_heads[_next].IsOver(root) && Signed(_heads[_next], key) is { } head)
            {
                return head;
            }
        }

        return null;
    }

    /// <summary>The head that covers most, where that is more than these entries and its signature holds.</summary>
    public TreeHead? Beyond(long size, ECDsa? key)
    {
        for (var i = _heads.Count - 1; i >= 0 && _heads[i].Size > size; i--)
        {
            if (Signed(_heads[i], key) is { } head)
            {
                return head;
            }
        }

        return null;
    }

    private TreeHead? Signed(OutsideHead one, ECDsa? key)
    {
        var line = Lines(File).FirstOrDefault(read => read.Number == one.Line);
        return HeadIn(line.Octets.Span) is { } head && (key is null || AuditKey.Verify(key, head)) ? head : null;
    }

    /// <summary>The lines of a file, and what quoted-printable text has in several as the one that it was, under the
    /// number of the first. A head has no character that such text writes otherwise.</summary>
    private static IEnumerable<TextLine> Lines(string file)
    {
        List<byte> joined = [];
        var first = 0L;
        foreach (var line in TextLineFile.Read(file))
        {
            var goesOn = IsFolded(line, out var part) && joined.Count < MostJoined;
            if (!goesOn && joined.Count == 0)
            {
                yield return line;
                continue;
            }

            first = joined.Count == 0 ? line.Number : first;
            joined.AddRange(goesOn ? part.Span : line.Octets.Span);
            if (!goesOn)
            {
                yield return line with { Number = first, Octets = joined.ToArray() };
                joined.Clear();
            }
        }

        if (joined.Count > 0)
        {
            yield return new(first, 0, joined.ToArray(), IsWhole: false);
        }
    }

    /// <summary>Whether a line goes on in the next one.</summary>
    /// <param name="line">The line.</param>
    /// <param name="part">What it has of both.</param>
    private static bool IsFolded(TextLine line, out ReadOnlyMemory<byte> part)
    {
        part = line.Octets.Span.EndsWith("\r"u8) ? line.Octets[..^1] : line.Octets;
        if (!line.IsWhole || !part.Span.EndsWith("="u8) || HeadIn(part.Span) is not null)
        {
            return false;
        }

        part = part[..^1];
        return true;
    }

    private static TreeHead? HeadIn(ReadOnlySpan<byte> line)
    {
        for (var from = line.IndexOf(Beginning); from >= 0;)
        {
            if (Whole(line[from..]) is { } text && TreeHead.Read(text) is { } head)
            {
                return head;
            }

            var next = line[(from + 1)..].IndexOf(Beginning);
            from = next < 0 ? -1 : from + 1 + next;
        }

        return null;
    }

    /// <summary>The JSON object that text begins with; null where it does not end.</summary>
    private static byte[]? Whole(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
            return reader.Read() && reader.TrySkip() ? text[..(int)reader.BytesConsumed].ToArray() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
