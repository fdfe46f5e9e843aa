// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.IO.Compression;
using System.Text;

namespace Weir.Desk.Lists.Feeds;

/// <summary>The text of a list's file, gzip and xz unpacked. All or nothing: half a list would be a
/// shorter list unseen.</summary>
internal static class FeedFile
{
    /// <summary>Octets of unpacked text a list may have; a million entries of STIX take about 700 MB.</summary>
    private const long MaxOctets = 1L << 30;

    /// <exception cref="FeedException">It cannot be opened or unpacked, is empty, binary or too large.</exception>
    public static string ReadText(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[6];
            var read = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
            file.Position = 0;
            if (read == 0)
            {
                throw Cannot(path, "is empty; a list without entries still needs a comment line");
            }

            return magic[..read] switch
            {
                [0x1F, 0x8B, ..] => Text(path, new GZipStream(file, CompressionMode.Decompress)),
                [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00] => Unpacked(path),
                _ => Text(path, file),
            };
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            var why = fault switch
            {
                FileNotFoundException or DirectoryNotFoundException => "is not there",
                UnauthorizedAccessException => "may not be read by this user",
                InvalidDataException => "is cut short or damaged (gzip); fetch it again",
                _ => $"cannot be read ({fault.Message})",
            };
            throw new FeedException($"watchlist file {path} {why}.", fault);
        }
    }

    private static FeedException Cannot(string path, string why) =>
        new($"watchlist file {path} {why}.", FeedException.Unreadable);

    private static string Text(string path, Stream stream) => Text(path, Octets(path, stream));

    private static MemoryStream Octets(string path, Stream stream)
    {
        var memory = new MemoryStream();
        var part = new byte[1 << 16];
        for (int count; (count = stream.Read(part)) > 0;)
        {
            if (memory.Length + count > MaxOctets)
            {
                throw Cannot(path, "is larger than 1 GiB unpacked");
            }

            memory.Write(part, 0, count);
        }

        return memory;
    }

    private static string Text(string path, MemoryStream memory)
    {
        var octets = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        if (octets[..Math.Min(octets.Length, 4_096)].Contains((byte)0))
        {
            throw Cannot(path, "is binary and not a list; formats read are named in `weir watchlist list --help`");
        }

        octets = octets.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? octets[3..] : octets;
        return Encoding.UTF8.GetString(octets);
    }

    private static string Unpacked(string path)
    {
        var start = new ProcessStartInfo("xz")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false
        };
        start.ArgumentList.Add("-dc");
        start.ArgumentList.Add("--");
        start.ArgumentList.Add(path);
        Process? child;
        try
        {
            child = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw Cannot(path, "is packed with xz and the program xz is missing; install xz-utils or unpack the file");
        }

        using (child)
        {
            try
            {
                var complaint = child!.StandardError.ReadToEndAsync();
                var text = Text(path, child.StandardOutput.BaseStream);
                child.WaitForExit();
                return child.ExitCode == 0 ? text : throw Cannot(path, $"is damaged ({complaint.Result.Trim()})");
            }
            finally
            {
                if (!child!.HasExited)
                {
                    child.Kill();
                }
            }
        }
    }
}
