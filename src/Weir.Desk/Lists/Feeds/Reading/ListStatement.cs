// SPDX-License-Identifier: Apache-2.0
//
// What an owner signs of a list: which one, when, and which octets. The time makes that no earlier version comes back
// unseen, the name that none stands for another list of the same owner. FILE.sig holds this text and behind it the
// signature over just that, namespace weir-list, so that `ssh-keygen -Y verify` alone checks it.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Weir.Contracts.Approvals;
using Weir.Contracts.Ssh;

namespace Weir.Desk.Lists.Feeds.Reading;

/// <summary>What an owner says of one version of a list.</summary>
/// <param name="List">As <c>matching.lists</c> calls it.</param>
/// <param name="SignedAt">To the second, UTC.</param>
/// <param name="Digest">SHA-256 of the file, hexadecimal.</param>
internal sealed record ListStatement(string List, DateTimeOffset SignedAt, string Digest)
{
    private const string Head = "weir-list/1";
    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The exact text that is signed: four lines, each with its line feed.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Head}\nlist: {List}\nsigned-at: {SignedAt.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture)}\nsha256: {Digest}\n");

    /// <summary>Reads it, in that form alone. Never throws.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListStatement? statement)
    {
        statement = text.Split('\n') is [Head, var list, var at, var digest, ""]
            && DateTimeOffset.TryParseExact(
                After(at, "signed-at: "), TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                out var signedAt)
                ? new(After(list, "list: "), signedAt, After(digest, "sha256: "))
                : null;
        if (statement?.ToString() != text)
        {
            statement = null;
        }

        return statement is not null;
    }

    /// <summary>What stands behind a word; nothing where the line begins otherwise.</summary>
    private static string After(string line, string word) =>
        line.StartsWith(word, StringComparison.Ordinal) ? line[word.Length..] : "";
}

/// <summary>What <c>FILE.sig</c> holds.</summary>
/// <param name="Says">What the owner says.</param>
/// <param name="Signature">The signature over that.</param>
internal sealed record ListSignature(ListStatement Says, SshSignature Signature)
{
    private const string Begin = "-----BEGIN SSH SIGNATURE-----";

    /// <summary>As it stands in the file.</summary>
    public override string ToString() => $"{Says}{Signature}";

    /// <summary>Whether the key that it names made it over what it says.</summary>
    public SshSignatureFault Verify() =>
        Signature.Verify(Encoding.UTF8.GetBytes(Says.ToString()), SignatureNamespace.List);

    /// <summary>Reads it. Never throws.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListSignature? signed)
    {
        signed = text.IndexOf(Begin, StringComparison.Ordinal) is >= 0 and var begin
            && ListStatement.TryParse(text[..begin], out var says)
            && SshSignature.TryParse(text[begin..], out var signature)
                ? new(says, signature) : null;
        return signed is not null;
    }
}
