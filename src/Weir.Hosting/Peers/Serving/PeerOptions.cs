// SPDX-License-Identifier: Apache-2.0
//
// Where a process listens for its peers, and the closed lists of who they are.
using System.Globalization;
using System.Net;
using Weir.Hosting.Peers.Certificates;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Settings of one process's door to the others.</summary>
public sealed record PeerOptions
{
    /// <summary>What this process calls itself in answers and logs, such as <c>desk</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Full path of the Unix socket; null for none.</summary>
    public string? Socket { get; init; }

    /// <summary>Group whose members may open the socket (its mode is 0660); null for this user's own.</summary>
    public string? Group { get; init; }

    /// <summary>The setting that says where the socket is, for messages.</summary>
    public string SocketSetting { get; init; } = "processes.run-dir";

    /// <summary>The setting that names the group, for messages.</summary>
    public string GroupSetting { get; init; } = "processes.group";

    /// <summary>Users by name or number and what they may act as; nobody else is answered.</summary>
    public IReadOnlyDictionary<string, PeerRoles> Users { get; init; } = new Dictionary<string, PeerRoles>();

    /// <summary>The endpoint for other machines; null for none.</summary>
    public PeerTlsOptions? Tls { get; init; }

    /// <summary>How long a peer may take for a request's head, and to begin. Default 3 s.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Most connections of one user or certificate. Default 64.</summary>
    public int ConnectionsPerPeer { get; init; } = 64;

    /// <summary>Most connections in all. Default 256.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>How many of these only a peer with fewer than two may take. Default 16.</summary>
    public int ReservedConnections { get; init; } = 16;

    /// <summary>How long open requests may take when the process stops. Default 3 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Sentences for the operator, one for each fault: the thing, the place, the fix.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> faults = [];
        if (Socket is null && Tls is null)
        {
            faults.Add($"{Name}: neither a socket nor a TLS endpoint is given; give one");
        }

        if (Socket is not null && PeerAddress.PathFault(Socket) is { } wrong)
        {
            faults.Add($"{SocketSetting}: {wrong}");
        }

        if (Group is not null && OsUsers.GroupId(Group) is null)
        {
            faults.Add($"{GroupSetting}: there is no group {Group}; make it (groupadd --system {Group})");
        }

        faults.AddRange(Users.Keys.Where(user => OsUsers.UserId(user) is null).Select(user =>
            $"processes or vault names a user of {Name}'s door that is none, {user}; make it (useradd --system {user}) "
                + "or correct the setting"));
        if (ReservedConnections < 0 || ReservedConnections >= Connections || ConnectionsPerPeer < 1)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"connections of {Name}: {Connections} in all, {ReservedConnections} reserved and "
                + $"{ConnectionsPerPeer} of one peer cannot be; lower the reserved ones"));
        }

        return faults;
    }

    /// <summary>Users by number; two names of one number have the roles of both.</summary>
    internal Dictionary<uint, Peer> UsersByNumber()
    {
        var byNumber = new Dictionary<uint, Peer>();
        foreach (var (name, roles) in Users)
        {
            if (OsUsers.UserId(name) is { } user)
            {
                var all = byNumber.TryGetValue(user, out var had) ? had.Roles | roles : roles;
                byNumber[user] = new(OsUsers.NameOf(user), all);
            }
        }

        return byNumber;
    }
}

/// <summary>The endpoint for other machines: TLS 1.3, certificates on both sides.</summary>
public sealed record PeerTlsOptions
{
    /// <summary>Address to listen on, such as <c>0.0.0.0:8443</c> or <c>[::]:8443</c>.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>What this process shows, and whom it believes.</summary>
    public required PeerCredentials Credentials { get; init; }

    /// <summary>Who may come; nobody else gets through the handshake.</summary>
    public required PeerRoles Roles { get; init; }

    /// <summary>Whose certificates are answered; every one of the authority's where it is empty.</summary>
    public IReadOnlyList<PeerIdentity> Peers { get; init; } = [];

    /// <summary>Most handshakes at once. Default 32.</summary>
    public int Handshakes { get; init; } = 32;

    /// <summary>Most of these of one remote address. Default 8.</summary>
    public int HandshakesPerAddress { get; init; } = 8;
}
