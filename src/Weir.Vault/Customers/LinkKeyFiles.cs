// SPDX-License-Identifier: Apache-2.0
//
// The keys that links are signed under, in files of mode 0600: when it was made and the key, current and former. After
// a life a new key signs; the former one is accepted for one life more, which is why no link may live longer than that.
using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Hosting.Files;

namespace Weir.Vault.Customers;

/// <summary>Keeps and changes them.</summary>
internal sealed class LinkKeyFiles(string folder, TimeSpan life, TimeProvider time)
{
    public const string CurrentName = "link.key";
    public const string FormerName = "link.former.key";

    private const int TimeOctets = 8;
    private const int Octets = TimeOctets + LinkSigner.KeyOctets;

    private string Current => Path.Combine(folder, CurrentName);

    private string Former => Path.Combine(folder, FormerName);

    /// <summary>The keys in force now; makes the first, changes one that has lived its life.</summary>
    /// <exception cref="InvalidDataException">Others may read them, or one is damaged or lost.</exception>
    /// <exception cref="IOException">They cannot be read or written.</exception>
    public LinkKeys Read()
    {
        KeyFile.Folder(folder);
        var now = time.GetUtcNow();
        if (!File.Exists(Current))
        {
            KeyUse.Make(
                Current, KeyUse.OfFile(Former, "links that it signed lead nowhere, and new notices carry new ones"),
                () => Make(now));
        }

        var (made, key) = Split(KeyFile.Read(Current, Octets));
        if (made + life <= now)
        {
            // What is former now has lived two lives. The next one is written before its place is taken: a stop in
            // between loses none.
            KeyFile.Shred(Former);
            KeyFile.Write(Former, KeyFile.Read(Current, Octets));
            Make(now);
            (_, key) = Split(KeyFile.Read(Current, Octets));
        }

        return new LinkKeys(key, File.Exists(Former) ? Split(KeyFile.Read(Former, Octets)).Key : null);
    }

    private void Make(DateTimeOffset now)
    {
        var octets = KeyFile.Room(Octets);
        BinaryPrimitives.WriteInt64BigEndian(octets, now.ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(octets.AsSpan(TimeOctets));
        KeyFile.Write(Current, octets);
    }

    private static (DateTimeOffset Made, byte[] Key) Split(byte[] octets) =>
        (
            DateTimeOffset.FromUnixTimeSeconds(
                Math.Clamp(BinaryPrimitives.ReadInt64BigEndian(octets), 0, 253_402_300_799)),
            octets[TimeOctets..]);
}
