// SPDX-License-Identifier: Apache-2.0
//
// Mails as MimeKit reads them, within a budget: octets, fields, parts, depth. Whoever complains is told by the header
// alone, before anything else is read. The parser is handed octets in order and gives up at the first that is too
// many: MimeKit grows its buffer of one field by so many octets each time, which for a field of 4 MiB takes seconds.
using MimeKit;

namespace Weir.Desk.Complaints;

/// <summary>Reads mails that strangers wrote.</summary>
internal static class ComplaintMail
{
    /// <summary>Of the header of a mail or of a part.</summary>
    private const int MaxHeaderOctets = 128 << 10;

    /// <summary>Of one field.</summary>
    private const int MaxFieldOctets = 16 << 10;

    /// <summary>In the whole mail, those of its parts among them.</summary>
    private const int MaxFields = 2_000;

    private const int MaxParts = 200;
    private const int MaxDepth = 8;

    private static readonly ParserOptions Depth = new() { MaxMimeDepth = MaxDepth };

    /// <summary>Reads the header and nothing behind it.</summary>
    /// <returns>Null where there is none within the budget.</returns>
    public static HeaderList? ReadHeader(ReadOnlyMemory<byte> octets)
    {
        try
        {
            return new Parser(new(octets[..Math.Min(octets.Length, MaxHeaderOctets)])).ParseHeaders();
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Reads a mail.</summary>
    /// <param name="octets">The mail.</param>
    /// <param name="why">What is wrong where it is null.</param>
    public static MimeMessage? Read(ReadOnlyMemory<byte> octets, out string why)
    {
        why = "";
        try
        {
            return new Parser(new(octets)).ParseMessage();
        }
        catch (FormatException fault)
        {
            why = fault is BudgetException ? fault.Message : "it is no mail (RFC 5322)";
            return null;
        }
    }

    /// <summary>What a part holds, decoded.</summary>
    public static byte[] Content(MimePart part)
    {
        using var octets = new MemoryStream();
        part.Content?.DecodeTo(octets);
        return octets.ToArray();
    }

    private sealed class BudgetException(string why) : FormatException(why);

    /// <summary>The octets, and who wants to know when more of them are asked for.</summary>
    private sealed class Source(ReadOnlyMemory<byte> octets) : MemoryStream(octets.ToArray(), writable: false)
    {
        public Action? Asked { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Asked?.Invoke();
            return base.Read(buffer, offset, count);
        }
    }

    private sealed class Parser : ExperimentalMimeParser
    {
        private readonly Source _source;
        private long? _fieldAt;
        private int _fields;
        private int _octets;
        private int _parts;

        public Parser(Source source) : base(Depth, source)
        {
            _source = source;
            source.Asked = () => Spend(source.Position - _fieldAt ?? 0, MaxFieldOctets, "octets in one field");
        }

        protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancel)
        {
            (_octets, _fieldAt) = (0, _source.Position);
            base.OnHeadersBegin(beginOffset, beginLineNumber, cancel);
        }

        protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancel)
        {
            _octets += header.RawField.Length + header.RawValue.Length;
            _fieldAt = _source.Position;
            Spend(header.RawValue.Length, MaxFieldOctets, "octets in one field");
            Spend(_octets, MaxHeaderOctets, "octets in one header");
            Spend(++_fields, MaxFields, "fields");
            base.OnHeaderRead(header, beginLineNumber, cancel);
        }

        protected override void OnHeadersEnd(
            long beginOffset, int beginLineNumber, long endOffset, int endLineNumber, CancellationToken cancel)
        {
            _fieldAt = null;
            base.OnHeadersEnd(beginOffset, beginLineNumber, endOffset, endLineNumber, cancel);
        }

        protected override void OnMimePartBegin(
            ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancel)
        {
            Spend(++_parts, MaxParts, "parts");
            base.OnMimePartBegin(contentType, beginOffset, beginLineNumber, cancel);
        }

        protected override void OnMessagePartBegin(
            ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancel)
        {
            Spend(++_parts, MaxParts, "parts");
            base.OnMessagePartBegin(contentType, beginOffset, beginLineNumber, cancel);
        }

        private static void Spend(long spent, int budget, string what)
        {
            if (spent > budget)
            {
                throw new BudgetException(
                    FormattableString.Invariant($"the mail has more than the {budget} {what} that are read"));
            }
        }
    }
}
