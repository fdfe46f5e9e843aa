// SPDX-License-Identifier: Apache-2.0
//
// A list's file with its owner's signature beside it, FILE.sig. Both are read once, so that what was verified is what is
// read as a list. The last one that was taken is kept in one file, the signature first and the octets behind it: there
// is no moment at which one is there without the other.
using System.Text;
using Weir.Contracts.Approvals;
using Weir.Contracts.Ssh;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists.Feeds.Reading;

/// <summary>A list that an owner answers for, and where it lies.</summary>
/// <param name="Name">As <c>matching.lists</c> calls it.</param>
/// <param name="Place">File or URL.</param>
/// <param name="Beside">Where the signature is.</param>
/// <param name="Owner">Whose signature counts.</param>
internal sealed record OwnedList(string Name, string Place, string Beside, SshPublicKey Owner)
{
    /// <summary>One in a file.</summary>
    public static OwnedList In(string path, string name, SshPublicKey owner) =>
        new(name, path, SignedList.SignatureOf(path), owner);
}

/// <summary>A version of a list, and whether its owner signed it.</summary>
/// <param name="Octets">All of it, packed or not; none where it cannot be read.</param>
/// <param name="Signature">The owner's; null where none counts.</param>
/// <param name="Fault">Why it is not taken: it cannot be read, or the signature does not count, and then
/// <see cref="FeedException.Refusal"/> says why. Null where its owner signed it.</param>
internal sealed record SignedList(byte[] Octets, ListSignature? Signature, FeedException? Fault)
{
    /// <summary>Most octets of a file that an owner signs, as a fetched one may have.</summary>
    public const int MaxOctets = 64 << 20;

    /// <summary>Most octets of what is beside it.</summary>
    public const int MaxSignature = 1 << 13;

    /// <summary>There is no signature.</summary>
    public const string Unsigned = "unsigned";

    /// <summary>It is by another key.</summary>
    public const string ForeignKey = "foreign-key";

    /// <summary>It is over another file.</summary>
    public const string OtherOctets = "other-octets";

    /// <summary>It is for a list of another name.</summary>
    public const string OtherList = "other-list";

    /// <summary>It was made before the one in force.</summary>
    public const string Older = "older";

    /// <summary>It was made later than now.</summary>
    public const string Ahead = "ahead";

    /// <summary>So far may the owner's clock be ahead of ours.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private static ReadOnlySpan<byte> SignatureEnd => "-----END SSH SIGNATURE-----\n"u8;

    /// <summary>Where the signature of a file lies.</summary>
    public static string SignatureOf(string path) => path + ".sig";

    /// <summary>Reads a file and looks at its owner's signature.</summary>
    /// <param name="list">Which; its place is the file.</param>
    /// <param name="inForce">What is in force of it; null for nothing.</param>
    /// <param name="now">By our clock.</param>
    public static SignedList Read(OwnedList list, ListStatement? inForce, DateTimeOffset now)
    {
        try
        {
            var octets = Directory.Exists(list.Place)
                ? throw FeedFile.Cannot(
                    list.Place, "is a folder, which no owner signs; have it as one file, such as a STIX bundle")
                : OrdinaryFile.ReadIfAny(list.Place, MaxOctets) ?? throw FeedFile.Cannot(list.Place, "is not there");
            var beside = OrdinaryFile.ReadIfAny(list.Beside, MaxSignature);
            return Judge(list, octets, beside is null ? null : Encoding.UTF8.GetString(beside), inForce, now);
        }
        catch (FeedException fault)
        {
            return new([], null, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new([], null, FeedFile.Cannot(list.Place, fault));
        }
    }

    /// <summary>Reads the one that was kept, and looks at its signature as at any other.</summary>
    /// <param name="list">Which, with the owner of now.</param>
    /// <param name="path">As <see cref="Keep"/> wrote it.</param>
    /// <returns>Null where there is none that counts: as if nothing were kept.</returns>
    public static SignedList? ReadKept(OwnedList list, string path)
    {
        if (Kept(path) is not var (text, octets))
        {
            return null;
        }

        var kept = Judge(list, octets, text, null, DateTimeOffset.MaxValue);
        return kept.Fault is null ? kept : null;
    }

    /// <summary>What was said of the one that was kept, by the owner of then: no owner goes back behind it.</summary>
    /// <param name="path">As <see cref="Keep"/> wrote it.</param>
    /// <returns>Null where nothing is kept that the key it names signed.</returns>
    public static ListStatement? SaidOfKept(string path) =>
        Kept(path) is var (text, _) && ListSignature.TryParse(text, out var signed)
            && signed.Verify() == SshSignatureFault.None ? signed.Says : null;

    private static (string Text, byte[] Octets)? Kept(string path)
    {
        try
        {
            return OrdinaryFile.ReadIfAny(path, MaxOctets + MaxSignature) is { } all
                && all.AsSpan().IndexOf(SignatureEnd) + SignatureEnd.Length is var end && end >= SignatureEnd.Length
                    ? (Encoding.UTF8.GetString(all, 0, end), all[end..]) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // what lies in the list's own place has a fault too, which is told
        }
    }

    /// <summary>Keeps it, in place of the one that was kept before.</summary>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/> say. The one of
    /// before stays.</exception>
    public void Keep(string path) => AtomicFile.Write(path, [.. Encoding.UTF8.GetBytes($"{Signature}"), .. Octets]);

    /// <summary>Looks whether an owner signed octets as a version of a list that may come in force.</summary>
    /// <param name="list">Which.</param>
    /// <param name="octets">All of it.</param>
    /// <param name="text">What is beside it; null for nothing.</param>
    /// <param name="inForce">What is in force of it; null for nothing.</param>
    /// <param name="now">By our clock.</param>
    public static SignedList Judge(
        OwnedList list, byte[] octets, string? text, ListStatement? inForce, DateTimeOffset now)
    {
        if (text is null)
        {
            return Refused(Unsigned, $"there is no {list.Beside}");
        }

        if (!ListSignature.TryParse(text, out var signed))
        {
            return Refused(
                SshSignatureFaults.Word(SshSignatureFault.Malformed), $"{list.Beside} is no signature of a list");
        }

        var (word, why) = DoubtOf(list, signed, octets, inForce, now);
        return word.Length == 0 ? new(octets, signed, null) : Refused(word, $"{list.Beside} {why}");

        SignedList Refused(string code, string reason) => new(octets, null, new FeedException(
            $"list {list.Name} in {list.Place} is not taken, since its owner ({list.Owner.Fingerprint}) did not sign it: "
                + $"{reason}; the owner signs this very file by weir watchlist sign FILE --list {list.Name}, and FILE.sig "
                + "goes beside it (docs/32-people-and-keys.md).",
            FeedException.Unreadable)
        {
            Refusal = code,
        });
    }

    /// <summary>Why a signature does not count, as a word and a part of a sentence; both empty where it does.</summary>
    private static (string Word, string Why) DoubtOf(
        OwnedList list, ListSignature signed, byte[] octets, ListStatement? inForce, DateTimeOffset now)
    {
        var (says, signature) = (signed.Says, signed.Signature);
        if (!signature.Key.Equals(list.Owner))
        {
            return (ForeignKey, $"is by the key {signature.Key.Fingerprint}");
        }

        var fault = signed.Verify();
        return fault != SshSignatureFault.None ? (SshSignatureFaults.Word(fault), fault switch
            {
                SshSignatureFault.OtherNamespace => $"was made for {signature.Namespace}, not for a list",
                SshSignatureFault.NotPresent => "was made without a touch of the security key",
                _ => "is not the key's over what stands there",
            })
            : says.List != list.Name ? (OtherList, $"is for the list {says.List}")
            : says.Digest != ListDigest.Of(octets) ? (OtherOctets, $"is over other octets, those of {says.SignedAt:u}")
            : says.SignedAt > now && says.SignedAt - now > Tolerance ? (Ahead, $"is of {says.SignedAt:u}, which is to come")
            : inForce is { } before && !IsAfter(says, before)
                ? (Older, $"is of {says.SignedAt:u}, and the one in force of {before.SignedAt:u}")
            : ("", "");
    }

    /// <summary>Whether one may follow another, or is the same.</summary>
    private static bool IsAfter(ListStatement one, ListStatement before) =>
        one.SignedAt > before.SignedAt || one == before;
}
