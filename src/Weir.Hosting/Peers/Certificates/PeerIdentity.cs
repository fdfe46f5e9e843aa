// SPDX-License-Identifier: Apache-2.0
//
// Whom a certificate is for: one URI among its subject alternative names, urn:weir:ROLE:NAME.
//
// Standards: RFC 5280, 4.2.1.6.
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Hosting.Peers.Certificates;

/// <summary>A process as its certificate names it.</summary>
public sealed record PeerIdentity
{
    /// <summary>What holds a certificate.</summary>
    public static readonly IReadOnlyList<string> ProcessRoles = ["collector", "store", "desk", "vault"];

    /// <summary>Most letters of a name.</summary>
    public const int LongestName = 63;

    private const string Prefix = "urn:weir:";
    private const string AlternativeNames = "2.5.29.17";
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    private PeerIdentity(string role, string name) => (Role, Name) = (role, name);

    /// <summary>One of <see cref="ProcessRoles"/>.</summary>
    public string Role { get; }

    /// <summary>Which one of them, such as <c>edge-1</c>: 1 to 63 lower-case letters, digits, hyphens, dots.</summary>
    public string Name { get; }

    /// <summary><c>urn:weir:collector:edge-1</c>.</summary>
    public string Uri => $"{Prefix}{Role}:{Name}";

    /// <summary>Puts both together; false where one of them is none.</summary>
    public static bool TryCreate(string role, string name, [NotNullWhen(true)] out PeerIdentity? identity)
    {
        identity = ProcessRoles.Contains(role) && name.Length is > 0 and <= LongestName
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
            ? new(role, name)
            : null;
        return identity is not null;
    }

    /// <summary>Reads <c>collector:edge-1</c>; null where it is none.</summary>
    public static PeerIdentity? Parse(string text) =>
        text.Split(':') is [var role, var name] && TryCreate(role, name, out var identity) ? identity : null;

    /// <summary>Reads a certificate; null where it names no process of Weir, or more than one.</summary>
    public static PeerIdentity? Of(X509Certificate2 certificate)
    {
        var uris = Uris(certificate).Where(uri => uri.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        return uris is [var one] ? Parse(one[Prefix.Length..]) : null;
    }

    /// <summary><c>collector edge-1</c>.</summary>
    public override string ToString() => $"{Role} {Name}";

    private static List<string> Uris(X509Certificate2 certificate)
    {
        List<string> uris = [];
        try
        {
            foreach (var extension in certificate.Extensions.Where(one => one.Oid?.Value == AlternativeNames))
            {
                var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (names.PeekTag().HasSameClassAndValue(UriTag))
                    {
                        uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                    }
                    else
                    {
                        _ = names.ReadEncodedValue();
                    }
                }
            }
        }
        catch (AsnContentException)
        {
            return []; // names that cannot be read name nobody
        }

        return uris;
    }
}
