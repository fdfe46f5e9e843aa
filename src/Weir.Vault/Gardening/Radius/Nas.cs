// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Weir.Hosting.Configuration;
using Weir.Hosting.Files;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Gardening.Radius;

/// <summary>A NAS that takes changes of authorization.</summary>
public sealed record Nas
{
    public const int UsualPort = 3799;

    [Setting("Name shown in messages.", Required = true, Example = "bng-1")]
    public string Name { get; init; } = "";

    [Setting("Address and UDP port of its CoA listener.", Key = "address", Required = true, Example = "192.0.2.1:3799")]
    public IPEndPoint At { get; init; } = new(IPAddress.None, 0);

    [Setting("NAS-IP-Address or NAS-IPv6-Address of the sessions that are its; that of `address` unless set.",
        Key = "nas-addresses",
        Example = "192.0.2.1")]
    public IReadOnlyList<Prefix> Addresses { get; init; } = [];

    [Setting("NAS-Identifier of the sessions that are its; counts before the address.",
        Key = "nas-identifiers", Example = "bng-1.example.net")]
    public IReadOnlyList<string> Identifiers { get; init; } = [];

    [Setting("File that holds the secret shared with it, alone; not readable by everyone.", Required = true,
        Example = "/etc/weir-vault/bng-1.secret", IsSecretFile = true)]
    public string SecretFile { get; init; } = "";

    /// <summary>Addresses of the sessions that are its: its own where neither these nor identifiers are set.</summary>
    internal IReadOnlyList<Prefix> SessionAddresses =>
        Addresses.Count + Identifiers.Count > 0 ? Addresses : [new Prefix(IpKey.From(At.Address), 128)];
}

/// <summary>The NASes of the configuration, with their secrets.</summary>
internal sealed class NasList
{
    /// <summary>Octets of a file that holds a secret.</summary>
    private const int MostSecret = 64 << 10;

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
            : Array.FindIndex(_known, known => known.Nas.SessionAddresses.Any(own => own.Contains(at)));
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

            var secret = OrdinaryFile.ReadText(nas.SecretFile, MostSecret).Trim('\r', '\n', ' ', '\t');
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
