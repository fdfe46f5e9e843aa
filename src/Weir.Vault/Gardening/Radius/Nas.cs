// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Gardening.Radius;

/// <summary>A NAS that takes changes of authorization.</summary>
/// <param name="Name">As messages name it.</param>
/// <param name="At">Where it listens; 3799 is the port of RFC 5176.</param>
/// <param name="Addresses">NAS-IP-Address or NAS-IPv6-Address of the sessions that are its.</param>
/// <param name="Identifiers">NAS-Identifier of the sessions that are its.</param>
/// <param name="SecretFile">File that holds the secret alone, not readable by everyone.</param>
public sealed record Nas(
    string Name, IPEndPoint At, IReadOnlyList<Prefix> Addresses, IReadOnlyList<string> Identifiers, string SecretFile)
{
    public const int UsualPort = 3799;
}

/// <summary>The NASes of the configuration, with their secrets.</summary>
internal sealed class NasList
{
    private readonly (Nas Nas, byte[] Secret)[] _known;

    /// <exception cref="IdentityException">A secret cannot be read.</exception>
    public NasList(IEnumerable<Nas> known) => _known = [.. known.Select(nas => (nas, SecretOf(nas)))];

    /// <summary>Whose session it is: by NAS-Identifier first, which survives a change of address; false where
    /// no entry fits.</summary>
    public bool TryFind(ReadOnlySpan<byte> identification, out Nas nas, out byte[] secret)
    {
        var name = Encoding.UTF8.GetString(
            SessionIdentification.Find(identification, SessionIdentification.NasIdentifier));
        var v4 = SessionIdentification.Find(identification, SessionIdentification.NasIpAddress);
        var v6 = SessionIdentification.Find(identification, SessionIdentification.NasIpv6Address);
        var address = v4.Length == 4
            ? IpKey.From(new IPAddress(v4)) : v6.Length == 16 ? IpKey.From(new IPAddress(v6)) : default(IpKey?);
        var found = Array.FindIndex(
            _known, known => name.Length > 0 && known.Nas.Identifiers.Contains(name, StringComparer.Ordinal));
        found = found >= 0 || address is not { } at
            ? found
            : Array.FindIndex(_known, known => known.Nas.Addresses.Any(own => own.Contains(at)));
        (nas, secret) = found >= 0 ? _known[found] : (null!, null!);
        return found >= 0;
    }

    private static byte[] SecretOf(Nas nas)
    {
        try
        {
            if ((File.GetUnixFileMode(nas.SecretFile) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            {
                throw new IdentityException($"the secret of {nas.Name} in {nas.SecretFile} is open to everyone; take "
                    + $"that away with `chmod o-rw {nas.SecretFile}`");
            }

            var secret = File.ReadAllText(nas.SecretFile).Trim('\r', '\n', ' ', '\t');
            return secret.Length > 0 ? Encoding.UTF8.GetBytes(secret) : throw new IdentityException(
                $"the secret of {nas.Name} in {nas.SecretFile} is empty; write it there, alone");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new IdentityException($"the secret of {nas.Name} cannot be read from {nas.SecretFile}: "
                + $"{unreadable.Message}; write it there, alone, readable by the vault's user", unreadable);
        }
    }
}
