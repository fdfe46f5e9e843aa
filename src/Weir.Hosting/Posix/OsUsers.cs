// SPDX-License-Identifier: Apache-2.0
//
// Users and groups of the operating system by name and by number. Reentrant, unlike getpwnam(3), whose answer stands in
// memory that every thread shares.
using System.Globalization;
using System.Runtime.InteropServices;

namespace Weir.Hosting.Posix;

/// <summary>Users and groups of the operating system. Safe for any thread.</summary>
public static unsafe class OsUsers
{
    private const int SmallRoom = 1 << 10;
    private const int LargestRoom = 1 << 20;
    private const int RoomTooSmall = 34; // ERANGE

    private delegate int Lookup(Libc.Entry* entry, byte* buffer, nuint length, out nint found);

    /// <summary>The user this process acts as.</summary>
    public static uint Own => Libc.geteuid();

    /// <summary>Number of a user by name or by decimal number; null where there is none of that name.</summary>
    public static uint? UserId(string name) => Number(name) ?? Find(
        (Libc.Entry* entry, byte* room, nuint length, out nint found) =>
        Libc.getpwnam_r(name, entry, room, length, out found))?.Id;

    /// <summary>Number of a group by name or by decimal number; null where there is none of that name.</summary>
    public static uint? GroupId(string name) => Number(name) ?? Find(
        (Libc.Entry* entry, byte* room, nuint length, out nint found) =>
        Libc.getgrnam_r(name, entry, room, length, out found))?.Id;

    /// <summary>A user's name, or <c>uid-N</c> where the number has none.</summary>
    public static string NameOf(uint user) =>
        Find((Libc.Entry* entry, byte* room, nuint length, out nint found) =>
            Libc.getpwuid_r(user, entry, room, length, out found))?.Name
        ?? string.Create(CultureInfo.InvariantCulture, $"uid-{user}");

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != uint.MaxValue ? id
            : null;

    private static (uint Id, string Name)? Find(Lookup lookup)
    {
        for (var length = SmallRoom; length <= LargestRoom; length *= 4)
        {
            var room = new byte[length];
            fixed (byte* at = room)
            {
                Libc.Entry entry;
                var code = lookup(&entry, at, (nuint)length, out var found);
                if (code != RoomTooSmall)
                {
                    return found == 0 ? null : (entry.Id, Marshal.PtrToStringUTF8(entry.Name) ?? "");
                }
            }
        }

        return null;
    }
}
