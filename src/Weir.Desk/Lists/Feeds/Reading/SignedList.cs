// SPDX-License-Identifier: Apache-2.0
//
// A list's file with its owner's signature beside it, as `ssh-keygen -Y sign -n weir-list` writes it: FILE.sig, over
// the exact octets. Both are read once, so that what was verified is what is read as a list.
using System.Text;
using Weir.Contracts.Approvals;
using Weir.Contracts.Ssh;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists.Feeds.Reading;

/// <summary>A file that its owner signed.</summary>
/// <param name="Octets">All of it, packed or not.</param>
/// <param name="Signature">Armored.</param>
internal sealed record SignedList(byte[] Octets, string Signature)
{
    /// <summary>Most octets of a file that an owner signs, as a fetched one may have.</summary>
    public const int MaxOctets = 64 << 20;

    /// <summary>There is no signature.</summary>
    public const string Unsigned = "unsigned";

    /// <summary>It is by another key.</summary>
    public const string ForeignKey = "foreign-key";

    /// <summary>Where the signature of a file lies.</summary>
    public static string SignatureOf(string path) => path + ".sig";

    /// <summary>Reads a file and verifies its owner's signature.</summary>
    /// <param name="list">Name of the list, for the sentence.</param>
    /// <param name="path">The file.</param>
    /// <param name="owner">Whose signature counts.</param>
    /// <exception cref="FeedException">It cannot be read, or the signature is refused; then
    /// <see cref="FeedException.Refusal"/> says why.</exception>
    public static SignedList Open(string list, string path, SshPublicKey owner)
    {
        try
        {
            var octets = FileOctets.ReadIfAny(path, MaxOctets) ?? throw FeedFile.Cannot(path, "is not there");
            var armored = ReadSignature(SignatureOf(path));
            var (word, why) = Fault(octets, armored, path, owner);
            return word.Length == 0 ? new(octets, armored!) : throw new FeedException(
                $"list {list} in {path} is not taken, since its owner ({owner.Fingerprint}) did not sign it: {why}; "
                    + $"the owner signs this very file by ssh-keygen -Y sign -n {SignatureNamespace.List} -f KEY "
                    + $"{Path.GetFileName(path)}, and {Path.GetFileName(path)}.sig goes beside it.",
                FeedException.Unreadable)
            {
                Refusal = word,
            };
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw FeedFile.Cannot(path, fault);
        }
    }

    /// <summary>Why a signature does not count, as a word and a part of a sentence; both empty where it does.</summary>
    private static (string Word, string Why) Fault(byte[] octets, string? armored, string path, SshPublicKey owner)
    {
        var beside = SignatureOf(path);
        if (armored is null)
        {
            return (Unsigned, $"there is no {beside}");
        }

        if (!SshSignature.TryParse(armored, out var signature))
        {
            return (SshSignatureFaults.Word(SshSignatureFault.Malformed), $"{beside} is no signature of ssh-keygen");
        }

        if (!signature.Key.Equals(owner))
        {
            return (ForeignKey, $"{beside} is by the key {signature.Key.Fingerprint}");
        }

        var fault = signature.Verify(octets, SignatureNamespace.List);
        return fault == SshSignatureFault.None ? ("", "") : (SshSignatureFaults.Word(fault), fault switch
        {
            SshSignatureFault.OtherNamespace => $"{beside} was made for {signature.Namespace}, not for a list",
            SshSignatureFault.NotPresent => $"{beside} was made without a touch of the security key",
            _ => $"{beside} is over other octets",
        });
    }

    /// <summary>Null where there is none.</summary>
    private static string? ReadSignature(string path) =>
        FileOctets.ReadIfAny(path, MaxOctets) is { } octets ? Encoding.UTF8.GetString(octets) : null;
}
