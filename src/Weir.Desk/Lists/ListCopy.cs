// SPDX-License-Identifier: Apache-2.0
//
// One reading of a list, and which octets were read. Where an owner signs it, the verified octets are put into the
// desk's own folder and read there, so that nobody changes them in between; the last one taken stays there with its
// signature, and is verified again when it is needed.
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists;

/// <summary>A list as it was read.</summary>
/// <param name="Feed">What it names.</param>
/// <param name="Digest">As <see cref="ListDigest"/> has it.</param>
/// <param name="At">When its file was last written.</param>
internal sealed record ListCopy(Feed Feed, string Digest, DateTimeOffset At)
{
    /// <summary>Reads a list from its place.</summary>
    /// <exception cref="FeedException">It cannot be taken.</exception>
    public static ListCopy Read(FeedOptions options, TimeProvider time)
    {
        if (options.Owner is { } owner)
        {
            return ReadSigned(options, owner, time);
        }

        var digest = ListDigest.Of(options.Path);
        return new(FeedReader.Read(options, time), digest, File.GetLastWriteTimeUtc(options.Path));
    }

    /// <summary>The last copy that its owner signed; null where there is none, or the owner is another now.</summary>
    public static ListCopy? ReadKept(FeedOptions options, TimeProvider time)
    {
        if (options.Owner is not { } owner || !File.Exists(owner.Kept))
        {
            return null;
        }

        try
        {
            var signed = SignedList.Open(NameOf(options), owner.Kept, owner.Key);
            var feed = FeedReader.Read(owner.Kept, options, time) with { Path = options.Path };
            return new(feed, ListDigest.Of(signed.Octets), File.GetLastWriteTimeUtc(owner.Kept));
        }
        catch (FeedException)
        {
            return null; // as if there were none: what lies in the list's place has a fault of its own, which is told
        }
    }

    private static ListCopy ReadSigned(FeedOptions options, ListOwner owner, TimeProvider time)
    {
        var (signed, at) = (
            SignedList.Open(NameOf(options), options.Path, owner.Key), File.GetLastWriteTimeUtc(options.Path));
        var fresh = owner.Kept + ".new";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(owner.Kept)!);
            using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                file.Write(signed.Octets);
                file.Flush(flushToDisk: true);
            }

            var feed = FeedReader.Read(fresh, options, time) with { Path = options.Path };
            File.SetLastWriteTimeUtc(fresh, at);
            File.Move(fresh, owner.Kept, overwrite: true);
            AtomicFile.Write(SignedList.SignatureOf(owner.Kept), signed.Signature);
            return new(feed, ListDigest.Of(signed.Octets), at);
        }
        catch (FeedException fault)
        {
            throw new FeedException(
                $"list {NameOf(options)} in {options.Path} is signed and not taken: {fault.Message}", fault.ExitCode);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new FeedException(
                $"list {NameOf(options)} in {options.Path} is not taken, since {owner.Kept} cannot be written "
                    + $"({fault.Message}); make room, or give the folder back to this user.", fault);
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    private static string NameOf(FeedOptions options) => options.Name ?? options.Path;
}
