// SPDX-License-Identifier: Apache-2.0
//
// One reading of a list, and which octets were read. Where an owner signs it, the octets that were verified are those
// that are read; the last ones taken are kept in the desk's own folder with their signature, and are verified again when
// they are needed.
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;

namespace Weir.Desk.Lists;

/// <summary>A list as it was read.</summary>
/// <param name="Feed">What it names.</param>
/// <param name="Digest">SHA-256 of the octets it was read from, as <see cref="ListDigest"/> has it.</param>
/// <param name="At">When its owner signed it; where nobody does, when its file was last written.</param>
internal sealed record ListCopy(Feed Feed, string Digest, DateTimeOffset At)
{
    /// <summary>Its owner's signature; null where it has no owner.</summary>
    public ListSignature? Signature { get; init; }

    /// <summary>Reads a list from its place.</summary>
    /// <param name="options">Which, and how.</param>
    /// <param name="before">The copy in force; null for none.</param>
    /// <param name="time">Our clock.</param>
    /// <exception cref="FeedException">It cannot be taken.</exception>
    public static ListCopy Read(FeedOptions options, ListCopy? before, TimeProvider time)
    {
        if (options.Owner is { } owner)
        {
            return ReadSigned(options, owner, before, time);
        }

        var at = File.GetLastWriteTimeUtc(options.Path);
        var (feed, digest) = FeedReader.ReadHashed(options, time);
        return new(feed, digest, at);
    }

    /// <summary>The last copy that its owner signed; null where there is none, or the owner is another now.</summary>
    public static ListCopy? ReadKept(FeedOptions options, TimeProvider time)
    {
        try
        {
            return options.Owner is { } owner && SignedList.ReadKept(Owned(options, owner), owner.Kept) is { } kept
                ? Of(kept, options, time) : null;
        }
        catch (FeedException)
        {
            return null; // as if there were none: what lies in the list's place has a fault of its own, which is told
        }
    }

    private static ListCopy ReadSigned(FeedOptions options, ListOwner owner, ListCopy? before, TimeProvider time)
    {
        var list = Owned(options, owner);
        var inForce = before?.Signature?.Says ?? SignedList.SaidOfKept(owner.Kept);
        var signed = SignedList.Read(list, inForce, time.GetUtcNow());
        if (signed.Fault is { } refused)
        {
            throw refused;
        }

        try
        {
            var copy = Of(signed, options, time);
            signed.Keep(owner.Kept);
            return copy;
        }
        catch (FeedException fault)
        {
            throw new FeedException(
                $"list {list.Name} in {options.Path} is signed and not taken: {fault.Message}", fault.ExitCode);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new FeedException(
                $"list {list.Name} in {options.Path} is not taken, since {owner.Kept} cannot be written "
                    + $"({fault.Message}); make room, or give the folder back to this user.", fault);
        }
    }

    private static ListCopy Of(SignedList signed, FeedOptions options, TimeProvider time)
    {
        var says = signed.Signature!.Says;
        return new(FeedReader.Read(signed.Octets, options, time), says.Digest, says.SignedAt)
        {
            Signature = signed.Signature,
        };
    }

    private static OwnedList Owned(FeedOptions options, ListOwner owner) =>
        OwnedList.In(options.Path, options.Name ?? options.Path, owner.Key);
}
