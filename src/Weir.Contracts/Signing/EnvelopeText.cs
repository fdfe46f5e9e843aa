// SPDX-License-Identifier: Apache-2.0
//
// One line of text for a column of a database: TYPE.VERSION.KEY.PAYLOAD.SIGNATURE, the last two in base64url without
// padding. There is one text for each envelope.
using System.Buffers.Text;
using System.Globalization;

namespace Weir.Contracts.Signing;

/// <summary>The text form of envelopes.</summary>
public static class EnvelopeText
{
    private const int LongestText = (Envelope.MaxPayloadOctets * 4 / 3) + 256;

    /// <summary>Writes <c>type.version.key.payload.signature</c>, ASCII without spaces.</summary>
    public static string Format(Envelope envelope) => string.Join(
        '.',
        envelope.Type,
        envelope.Version.ToString(CultureInfo.InvariantCulture),
        envelope.Key.ToString(),
        Base64Url.EncodeToString(envelope.Payload.Span),
        Base64Url.EncodeToString(envelope.Signature));

    /// <summary>Reads what <see cref="Format"/> wrote. Never throws.</summary>
    /// <returns>What is wrong with it, or <see cref="EnvelopeFault.None"/>.</returns>
    public static EnvelopeFault TryParse(string? text, out Envelope? envelope)
    {
        envelope = null;
        if (text is { Length: > LongestText })
        {
            return EnvelopeFault.TooLarge;
        }

        return text?.Split('.') is [var type, var number, var id, var body, var seal]
            && TryVersion(number, out var version)
            && KeyId.TryParse(id, out var key)
            && StrictBase64.TryDecodeUrl(body, out var payload)
            && StrictBase64.TryDecodeUrl(seal, out var signature)
            ? Envelope.TryCreate(type, version, key, payload, signature, out envelope)
            : EnvelopeFault.Malformed;
    }

    /// <summary>Digits without a leading nought: one text for each number.</summary>
    private static bool TryVersion(string text, out int version) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) && text[0] != '0';
}
