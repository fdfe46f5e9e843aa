// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Posix;

namespace Weir.Tests.Hosting.Peers;

/// <summary>A folder for one test's socket, which other users may enter.</summary>
internal sealed class PeerFolders : IDisposable
{
    public PeerFolders() => File.SetUnixFileMode(Folder, (UnixFileMode)0b111_001_001);

    public static string OwnUser => OsUsers.Own.ToString(CultureInfo.InvariantCulture);

    public string Folder { get; } = Directory.CreateTempSubdirectory("weir-peers-").FullName;

    public string Socket => Path.Combine(Folder, "desk.sock");

    public PeerAddress Address => PeerAddress.TryParse("unix:" + Socket, out var address, out var fault)
        ? address
        : throw new InvalidOperationException(fault);

    /// <summary>This user is a collector.</summary>
    public PeerOptions Options() => new()
    {
        Name = "desk", Socket = Socket, Users = new Dictionary<string, PeerRoles> { [OwnUser] = PeerRoles.Collector },
        StopTimeout = TimeSpan.FromSeconds(5),
    };

    public PeerClientOptions Client() =>
        new() { Name = "desk", Address = Address, User = OwnUser, Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
