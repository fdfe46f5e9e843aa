// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Serving;

/// <summary>Who is at the other end.</summary>
internal readonly record struct Peer(string Name, VaultRights Rights);

/// <summary>Users by number and what they may ask; the vault's own user may ask everything.</summary>
internal sealed class PeerRights
{
    private readonly Dictionary<uint, VaultRights> _rights = new() { [OsUsers.Own] = VaultRights.All };

    /// <summary>User of the desk; the vault's own where none is named.</summary>
    public string Desk { get; private set; } = OsUsers.NameOf(OsUsers.Own);

    /// <exception cref="InvalidDataException">A user does not exist.</exception>
    public static PeerRights FromUsers(IReadOnlyDictionary<string, VaultRights> users)
    {
        var peers = new PeerRights();
        foreach (var (name, rights) in users)
        {
            var id = OsUsers.UserId(name) ?? throw new InvalidDataException(
                $"vault: there is no user {name} on this machine; make it (useradd --system {name}) or name another");
            peers.Desk = (rights & VaultRights.Desk) != 0 ? OsUsers.NameOf(id) : peers.Desk;
            peers._rights[id] = peers._rights.GetValueOrDefault(id) | rights;
        }

        return peers;
    }

    public Peer GetPeer(uint user) => new(OsUsers.NameOf(user), _rights.GetValueOrDefault(user));
}
