// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Complaints;

/// <summary>Recognises a complaint's format by content, never by name.</summary>
public static class ComplaintReader
{
    /// <summary>The largest JSON document or mail that is read.</summary>
    public const int MaxOctets = 4 << 20;

    /// <summary>The largest CSV report.</summary>
    public const int MaxTableOctets = 64 << 20;

    /// <summary>Reads a file of any of the formats. Never throws for what is in it.</summary>
    /// <param name="octets">The file.</param>
    /// <param name="name">Its name, where it came with one.</param>
    public static ComplaintParseResult Read(ReadOnlyMemory<byte> octets, string name = "")
    {
        var text = octets.Span;
        var first = text.IndexOfAnyExcept(" \t\r\n\uFEFF"u8);
        if (first < 0)
        {
            return ComplaintParseResult.Refused(null, "the file is empty");
        }

        var json = text[first] is (byte)'{' or (byte)'[';
        var head = text[first..Math.Min(text.Length, first + 4_096)];
        var line = head[..(head.IndexOf((byte)'\n') is >= 0 and var end ? end : head.Length)];
        var table = !json && line.IndexOf((byte)',') > 0 && line.IndexOf((byte)':') < 0;
        var most = table ? MaxTableOctets : MaxOctets;
        return text.Length > most ? ComplaintParseResult.Refused(
            null, FormattableString.Invariant($"{text.Length} octets are more than the {most} that are read"))
            : head.StartsWith("<"u8) ? ComplaintParseResult.Refused(null, head.IndexOf("IODEF"u8) >= 0
                ? "an IODEF document (RFC 7970), which is not read; ask the reporter for XARF 4 or ARF"
                : "XML, of which no kind is read; ask the reporter for XARF 4 or ARF")
            : json ? XarfReader.Read(octets[first..])
            : table ? ShadowserverReader.Read(text, name)
            : ArfReader.Read(octets[first..]);
    }
}
