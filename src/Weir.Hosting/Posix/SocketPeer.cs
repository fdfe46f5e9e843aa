// SPDX-License-Identifier: Apache-2.0
//
// Who is at the other end of a Unix socket, as the kernel knows it and not as the peer says (unix(7), SO_PEERCRED). On
// the side that connected it is the user who called listen(2).
using System.Net.Sockets;

namespace Weir.Hosting.Posix;

/// <summary>The other end of a connected Unix socket.</summary>
/// <param name="User">Its user at the time of connect(2) or listen(2).</param>
/// <param name="Process">Its process at that time; 0 where it is in another namespace.</param>
public readonly record struct SocketPeer(uint User, int Process)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int UcredOctets = 12; // pid, uid, gid

    /// <summary>Asks the kernel.</summary>
    /// <exception cref="IOException">It does not say, because this is no connected Unix socket.</exception>
    public static SocketPeer Get(Socket socket)
    {
        Span<byte> ucred = stackalloc byte[UcredOctets];
        int length;
        try
        {
            length = socket.GetRawSocketOption(SolSocket, SoPeerCred, ucred);
        }
        catch (SocketException refused)
        {
            throw new IOException($"the kernel does not say who is at the other end of the socket: {refused.Message}",
                refused);
        }

        var user = BitConverter.ToUInt32(ucred[4..]);
        return length == UcredOctets && user != uint.MaxValue
            ? new(user, BitConverter.ToInt32(ucred))
            : throw new IOException("the kernel does not say who is at the other end of the socket");
    }
}
