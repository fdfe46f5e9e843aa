// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Weir.Vault.Serving;

/// <summary>Users and groups of the operating system, and who is at the other end of a Unix socket (unix(7)
/// SO_PEERCRED: as the kernel knows it, not as the peer says).</summary>
internal static partial class OsUsers
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int UcredOctets = 12;
    private const int IdsAt = 16; // struct passwd and struct group both begin with two pointers

    public static uint Own => geteuid();

    /// <summary>User at the other end.</summary>
    public static uint PeerOf(Socket socket)
    {
        Span<byte> ucred = stackalloc byte[UcredOctets];
        return socket.GetRawSocketOption(SolSocket, SoPeerCred, ucred) == UcredOctets
            ? BitConverter.ToUInt32(ucred[4..])
            : throw new IOException("the kernel does not say who is at the other end of the socket");
    }

    /// <summary>Number of a user by name or by number; null where there is none.</summary>
    public static uint? UserId(string name) => Number(name) ?? IdOf(getpwnam(name));

    public static uint? GroupId(string name) => Number(name) ?? IdOf(getgrnam(name));

    /// <summary>A user's name, or its number where it has none.</summary>
    public static string NameOf(uint user)
    {
        var entry = getpwuid(user);
        return entry == 0
            ? FormattableString.Invariant($"uid-{user}")
            : Marshal.PtrToStringUTF8(Marshal.ReadIntPtr(entry))!;
    }

    /// <summary>Gives a file to a group.</summary>
    public static void ChangeGroup(string path, uint group)
    {
        if (chown(path, uint.MaxValue, group) != 0)
        {
            throw new IOException($"{path} cannot be given to group {group}: {Marshal.GetLastPInvokeErrorMessage()}; "
                + "the vault's user must be a member of it");
        }
    }

    private static uint? Number(string text) =>
        uint.TryParse(
            text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id)
            ? id
            : null;

    private static uint? IdOf(nint entry) => entry == 0 ? null : (uint)Marshal.ReadInt32(entry, IdsAt);

#pragma warning disable SA1300, IDE1006 // libc's names
    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getpwnam(string name);

    [LibraryImport("libc")]
    private static partial nint getpwuid(uint user);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getgrnam(string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint user, uint group);
#pragma warning restore SA1300, IDE1006
}
