// SPDX-License-Identifier: Apache-2.0
//
// The Unix socket's file: in a folder where nobody else can put another in its place, with its mode and group set
// before anyone can connect (connect(2) is refused until listen(2)), and one process at a time behind it.
using System.Net.Sockets;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Holds a socket's path for this process.</summary>
internal sealed class PeerSocket : IDisposable
{
    private const UnixFileMode OwnerAndGroup =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly string _path;
    private readonly string _setting;
    private readonly uint? _group;
    private readonly FileStream _lock;

    private PeerSocket(string path, string setting, uint? group, FileStream taken) =>
        (_path, _setting, _group, _lock) = (path, setting, group, taken);

    /// <param name="path">Full path.</param>
    /// <param name="setting">The setting that says so, for messages.</param>
    /// <param name="group">Who may open it beside this user.</param>
    /// <exception cref="IOException">The folder is not safe, or the path is another's; the message says the
    /// fix.</exception>
    public static PeerSocket Acquire(string path, string setting, uint? group)
    {
        CheckFolder(Path.GetDirectoryName(path)!, setting);
        return Hold(path, setting, group);
    }

    /// <summary>Holds a path in a folder that others may share: where it is not what is there that says who is
    /// answered.</summary>
    /// <exception cref="IOException">The path is another's; the message says the fix.</exception>
    public static PeerSocket Hold(string path, string setting, uint? group = null)
    {
        var taken = Lock(path, setting);
        try
        {
            ClearOld(path, setting);
            return new(path, setting, group, taken);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>A socket that is bound, closed to others than owner and group, and does not listen yet.</summary>
    public Socket Bind()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(_path));
            File.SetUnixFileMode(_path, OwnerAndGroup);
            if (_group is { } group)
            {
                PathOwner.GiveToGroup(_path, group);
            }

            return socket;
        }
        catch (Exception fault) when (fault is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new IOException(
                $"{_setting}: {_path} cannot be opened: {fault.Message}; give its folder to this user", fault);
        }
    }

    public void Dispose()
    {
        File.Delete(_path);
        _lock.Dispose();
    }

    /// <summary>Who may write the folder could put a socket of its own in this one's place.</summary>
    private static void CheckFolder(string folder, string setting)
    {
        if (PathOwner.Get(folder) is not { IsFolder: true } owner)
        {
            throw new IOException(
                $"{setting}: the folder {folder} is not there; make it (systemd: RuntimeDirectory=)");
        }

        if (owner.User != OsUsers.Own && owner.User != 0)
        {
            throw new IOException(
                $"{setting}: the folder {folder} belongs to {OsUsers.NameOf(owner.User)}; "
                + "give it to root or to this user");
        }

        if ((owner.Mode & (UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) != 0
            && (owner.Mode & UnixFileMode.StickyBit) == 0)
        {
            throw new IOException(
                $"{setting}: others may replace what lies in {folder}; "
                + "chmod go-w it, or set its sticky bit (chmod +t)");
        }
    }

    private static FileStream Lock(string path, string setting)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return FileLock.Take(path + ".lock");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{setting}: {path} is in use by another process, or its folder is not this user's; "
                + $"stop that process or name another socket ({fault.Message})", fault);
        }
    }

    private static void ClearOld(string path, string setting)
    {
        if (PathOwner.Get(path) is not { } old)
        {
            return;
        }

        if (!old.IsSocket)
        {
            throw new IOException($"{setting}: {path} is no socket; move it away or name another path");
        }

        File.Delete(path);
    }
}
