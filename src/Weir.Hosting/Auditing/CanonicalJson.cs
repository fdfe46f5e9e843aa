// SPDX-License-Identifier: Apache-2.0
//
// JSON in one form only, so that a hash over it means the same everywhere: members sorted by name, no white space, the
// shortest escapes, numbers whole and within 53 bits.
//
// Standards: RFC 8785 §3.2 (JCS), RFC 7493 §2.2 (I-JSON numbers).
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weir.Hosting.Auditing;

/// <summary>Writes one object. Members must come in the order of their names, which are plain ASCII words.</summary>
internal sealed class CanonicalJson
{
    private const long MaxNumber = (1L << 53) - 1;

    private readonly ArrayBufferWriter<byte> _octets = new(512);
    private string _last = "";

    public ReadOnlySpan<byte> Written => _octets.WrittenSpan;

    public void Begin()
    {
        _octets.ResetWrittenCount();
        _last = "";
        Raw("{"u8);
    }

    public void End() => Raw("}"u8);

    public void Text(string name, string value)
    {
        Name(name);
        Quoted(value);
    }

    /// <summary>Writes nothing where the text is empty.</summary>
    public void TextIfAny(string name, string value)
    {
        if (value.Length > 0)
        {
            Text(name, value);
        }
    }

    public void Number(string name, long value)
    {
        if (value is < -MaxNumber or > MaxNumber)
        {
            throw new ArgumentOutOfRangeException(
                nameof(value), value, $"{name} does not fit the 53 bits of a JSON number.");
        }

        Name(name);
        Raw(Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Writes nothing where there is no number.</summary>
    public void NumberIfAny(string name, long? value)
    {
        if (value is { } number)
        {
            Number(name, number);
        }
    }

    public void Texts(string name, IReadOnlyList<string> values)
    {
        Name(name);
        Raw("["u8);
        for (var i = 0; i < values.Count; i++)
        {
            Raw(i > 0 ? ","u8 : default);
            Quoted(values[i]);
        }

        Raw("]"u8);
    }

    private void Name(string name)
    {
        if (string.CompareOrdinal(name, _last) <= 0)
        {
            throw new InvalidOperationException($"Member {name} must come before {_last}: RFC 8785 sorts them.");
        }

        Raw(_last.Length > 0 ? ","u8 : default);
        _last = name;
        Quoted(name);
        Raw(":"u8);
    }

    private void Quoted(string text)
    {
        Raw("\""u8);
        var plain = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (Escape(text[i]) is not { } escape)
            {
                continue;
            }

            Utf8(text.AsSpan(plain, i - plain));
            Utf8(escape);
            plain = i + 1;
        }

        Utf8(text.AsSpan(plain));
        Raw("\""u8);
    }

    private static string? Escape(char letter) => letter switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
        _ => null,
    };

    /// <summary>A half of a surrogate pair alone becomes U+FFFD: RFC 8785 has no form for it.</summary>
    private void Utf8(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, _octets);

    private void Raw(ReadOnlySpan<byte> octets) => _octets.Write(octets);
}
