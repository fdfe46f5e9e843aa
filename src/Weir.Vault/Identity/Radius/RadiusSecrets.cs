// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Hosting.Files;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>Shared secrets by the networks of the NASes that have them; the longest match counts.</summary>
public sealed class RadiusSecrets
{
    private readonly PrefixTable<byte[]> _known;

    public RadiusSecrets(IEnumerable<(Prefix Nases, string Secret)> known) =>
        _known = new(known.Select(one => (one.Nases, Encoding.UTF8.GetBytes(one.Secret))));

    public int Count => _known.Count;

    /// <summary>Reads "address-or-network secret" lines; what follows a # at a line's beginning is a remark.</summary>
    /// <exception cref="IdentityException">The file cannot be read, is open to everyone, or holds a line
    /// that is neither.</exception>
    public static RadiusSecrets ReadFile(string path)
    {
        try
        {
            if ((File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            {
                throw new IdentityException(
                    $"the secrets in {path} are open to everyone; take that away with `chmod o-rw {path}`");
            }

            return new RadiusSecrets(OrdinaryFile.Lines(path)
                .Index().Select(l => Parse(path, l.Index + 1, l.Item)).OfType<(Prefix, string)>().ToList());
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new IdentityException($"the RADIUS secrets {path} cannot be read: {unreadable.Message}; name a file "
                + "of `192.0.2.0/24 secret` lines", unreadable);
        }
    }

    /// <summary>The secret shared with an address, and the network that shares it.</summary>
    public bool TryFind(IpKey nas, out ReadOnlySpan<byte> secret, out Prefix realm)
    {
        var isKnown = _known.TryFind(nas, out var found, out realm);
        secret = found;
        return isKnown;
    }

    private static (Prefix, string)? Parse(string path, int line, string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0 || trimmed[0] == '#')
        {
            return null;
        }

        var space = trimmed.AsSpan().IndexOfAny(' ', '\t');
        return space > 0 && Prefix.TryParse(trimmed.AsSpan(0, space), out var nases)
            ? (nases, trimmed[space..].Trim())
            : throw new IdentityException(
                $"line {line} of {path} is not a network and a secret; write `192.0.2.0/24 secret`");
    }
}
