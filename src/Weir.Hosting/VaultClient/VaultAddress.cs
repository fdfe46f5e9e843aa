// SPDX-License-Identifier: Apache-2.0
//
// Where the vault of this machine listens, and whose socket it must be.
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Posix;

namespace Weir.Hosting.VaultClient;

/// <summary>Options of a client of the vault.</summary>
public static class VaultAddress
{
    /// <summary>Where it listens on this machine.</summary>
    /// <param name="socket">Path of its socket.</param>
    /// <param name="user">The user it runs as; where none is named, the owner of the folder that the socket is in:
    /// nobody else can put another socket there.</param>
    /// <exception cref="InvalidDataException">The path is none, or nobody knows whose it must be; a sentence.
    /// </exception>
    public static PeerClientOptions Options(string socket, string? user = null)
    {
        var path = Path.GetFullPath(socket);
        if (!PeerAddress.TryParse($"unix:{path}", out var address, out var fault))
        {
            throw new InvalidDataException($"vault.socket: {fault}");
        }

        var options = new PeerClientOptions { Name = "vault", Address = address, User = user ?? OwnerOf(path) };
        return options.Validate() is { Count: > 0 } faults
            ? throw new InvalidDataException(string.Join('\n', faults))
            : options;
    }

    private static string OwnerOf(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        return PathOwner.Get(folder) is { IsFolder: true } owner
            ? OsUsers.NameOf(owner.User)
            : throw new InvalidDataException(
                $"vault.socket: the folder {folder} is not there, so nobody knows whose socket it must be; make it, or "
                + "name the user of weir vault under vault.user");
    }
}
