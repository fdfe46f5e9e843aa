// SPDX-License-Identifier: Apache-2.0
//
// A consent as a text that can be carried: seven lines and a signature over them (ECDSA over P-256 with SHA-256, FIPS
// 186-5). It is read only if it is, octet for octet, what would be written: no second text says the same.
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Flows;

namespace Weir.Contracts.Consents;

/// <summary>Writes and reads tokens.</summary>
public static class ConsentToken
{
    /// <summary>No token is longer, in characters.</summary>
    public const int Longest = 4_096;

    private const string First = "weir-consent/1";
    private const string Times = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int SignatureOctets = 64;

    public static string Sign(Consent consent, ECDsa key)
    {
        var text = Unsigned(consent);
        return $"{text}signature {Convert.ToBase64String(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}\n";
    }

    /// <summary>The consent of a token, if it is well formed and signed with a key; false for
    /// every other text.</summary>
    public static bool TryRead(string token, ECDsa key, [NotNullWhen(true)] out Consent? consent)
    {
        consent = null;
        if (token.Length > Longest || token.Split('\n')
            is not [First, var id, var desk, var line, var named, var from, var until, var signed, ""]
            || !After(id, "id ", out var number) || !ConsentId.TryParse(number, out var consentId)
            || !After(desk, "desk ", out var deskName)
            || !After(line, "line ", out var sealedLine) || !Base64.IsValid(sealedLine)
            || !After(named, "class ", out var classText) || !PredicateText.TryRead(classText, out var predicate)
            || !After(from, "from ", out var fromText) || !Time(fromText, out var begins)
            || !After(until, "until ", out var untilText) || !Time(untilText, out var ends)
            || !After(signed, "signature ", out var signature)
            || !Base64.IsValid(signature, out var octets) || octets != SignatureOctets)
        {
            return false;
        }

        var read = new Consent
        {
            Id = consentId,
            Desk = deskName,
            Line = sealedLine,
            Class = predicate,
            From = begins,
            Until = ends
        };
        var text = Unsigned(read);
        var proof = Convert.FromBase64String(signature);
        if (token != $"{text}signature {Convert.ToBase64String(proof)}\n" || !key.VerifyData(
            Encoding.ASCII.GetBytes(text), proof, HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            return false;
        }

        consent = read;
        return true;
    }

    private static string Unsigned(Consent consent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{First}\nid {consent.Id}\ndesk {consent.Desk}\nline {consent.Line}\nclass "
            + $"{PredicateText.Write(consent.Class)}\nfrom "
            + $"{consent.From.UtcDateTime.ToString(Times, CultureInfo.InvariantCulture)}\nuntil "
            + $"{consent.Until.UtcDateTime.ToString(Times, CultureInfo.InvariantCulture)}\n");

    private static bool After(string line, string word, out string rest)
    {
        rest = line.StartsWith(word, StringComparison.Ordinal) ? line[word.Length..] : "";
        return rest.Length > 0 && Ascii.IsValid(rest);
    }

    private static bool Time(string text, out DateTimeOffset at) =>
        DateTimeOffset.TryParseExact(
            text, Times, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);
}
