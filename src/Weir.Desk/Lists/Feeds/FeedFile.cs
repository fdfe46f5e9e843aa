// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.IO.Compression;
using Weir.Hosting.Files;

namespace Weir.Desk.Lists.Feeds;

/// <summary>A list's file, gzip and xz unpacked. All or nothing: half a list would be a shorter list unseen, so whoever
/// reads it gives up what was read where this throws.</summary>
internal static class FeedFile
{
    /// <summary>Opens a file and has it read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="digests">Take the digest of what is read.</param>
    /// <param name="use">Reads it.</param>
    /// <exception cref="FeedException">It cannot be opened or unpacked, is empty, binary or too large.</exception>
    public static void Read(string path, ReadDigests digests, Action<FeedStream> use)
    {
        try
        {
            using var file = OrdinaryFile.Open(path);
            Read(path, file, digests, use);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Cannot(path, fault);
        }
    }

    /// <summary>Has octets read that a file holds or held.</summary>
    /// <param name="path">The file, for sentences.</param>
    /// <param name="octets">From their begin.</param>
    /// <param name="digests">Take their digest.</param>
    /// <param name="use">Reads them.</param>
    /// <exception cref="FeedException">They cannot be unpacked, or are none, binary or too many.</exception>
    public static void Read(string path, Stream octets, ReadDigests digests, Action<FeedStream> use)
    {
        try
        {
            var magic = new byte[6];
            var read = octets.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
            octets.Position = 0;
            if (read == 0)
            {
                throw Cannot(path, "is empty; a list without entries still needs a comment line");
            }

            digests.Read(path, octets, all =>
            {
                switch (magic.AsSpan(0, read))
                {
                    case [0x1F, 0x8B, ..]:
                        using (var packed = new GZipStream(all, CompressionMode.Decompress, leaveOpen: true))
                        {
                            Use(path, packed, use);
                        }

                        break;
                    case [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]:
                        Unpack(path, all, use);
                        break;
                    default:
                        Use(path, all, use);
                        break;
                }
            });
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            throw Cannot(path, fault);
        }
    }

    /// <summary>What a failure of the disk, or of unpacking, says of a list.</summary>
    public static FeedException Cannot(string path, Exception fault)
    {
        var why = fault switch
        {
            FileNotFoundException or DirectoryNotFoundException => "is not there",
            UnauthorizedAccessException => "may not be read by this user",
            InvalidDataException => "is cut short or damaged (gzip); fetch it again",
            _ => $"cannot be read ({fault.Message})",
        };
        return new FeedException($"watchlist file {path} {why}.", fault);
    }

    public static FeedException Cannot(string path, string why) =>
        new($"watchlist file {path} {why}.", FeedException.Unreadable);

    private static void Use(string path, Stream from, Action<FeedStream> use)
    {
        using var stream = FeedStream.Open(path, from);
        if (stream.Packing.Length > 0)
        {
            throw Cannot(path, $"is packed with {stream.Packing}; unpack it, or fetch it as text, gzip or xz");
        }

        if (stream.IsBinary)
        {
            throw Cannot(path, "is binary and not a list; formats read are named in `weir watchlist list --help`");
        }

        use(stream);
        stream.CopyTo(Stream.Null); // what is damaged at its end is damaged
    }

    private static void Unpack(string path, Stream packed, Action<FeedStream> use)
    {
        using var child = Start(path);
        var given = Task.Run(() => Give(packed, child.StandardInput.BaseStream));
        try
        {
            var complaint = child.StandardError.ReadToEndAsync();
            Use(path, child.StandardOutput.BaseStream, use);
            child.WaitForExit();
            if (child.ExitCode != 0)
            {
                throw Cannot(path, $"is damaged ({complaint.Result.Trim()})");
            }
        }
        finally
        {
            if (!child.HasExited)
            {
                child.Kill();
            }

            given.Wait();
        }
    }

    /// <summary>Gives a program its input, as long as it takes any.</summary>
    private static void Give(Stream from, Stream to)
    {
        try
        {
            using (to)
            {
                from.CopyTo(to);
            }
        }
        catch (IOException)
        {
            // The program ended before it had all, or has not all now: what it ends with says that it is damaged.
        }
    }

    private static Process Start(string path)
    {
        var start = new ProcessStartInfo("xz")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false
        };
        foreach (var word in (string[])["-dc", "--memlimit-decompress=64MiB"])
        {
            start.ArgumentList.Add(word);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw Cannot(path, "is packed with xz and the program xz is missing; install xz-utils or unpack the file");
        }
    }
}

/// <summary>A list that cannot be used: one sentence for the operator, naming the thing, the
/// place and the mend.</summary>
public sealed class FeedException : Exception
{
    public FeedException(string message, int exitCode)
        : base(message) => ExitCode = exitCode;

    public FeedException(string message, Exception cause)
        : base(message, cause) => ExitCode = Unreadable;

    /// <summary>The argument itself is wrong (exit code 2).</summary>
    public const int BadArgument = 2;

    /// <summary>The file cannot be read (exit code 3).</summary>
    public const int Unreadable = 3;

    /// <summary>What the program ends with when it cannot go on without the list.</summary>
    public int ExitCode { get; }

    /// <summary>Why its owner's signature was refused, as a word; empty where it was not.</summary>
    public string Refusal { get; init; } = "";
}
