// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Text;
using Weir.Hosting.Files;

namespace Weir.Desk.Enrichment;

/// <summary>Reads a file of names, whichever it is.</summary>
internal static class OwnerFile
{
    /// <summary>More is no file of names, or a bomb; the largest published ones hold a tenth.</summary>
    private const int MostOctets = 1 << 30;

    /// <summary>Where the metadata of a database begins: within its last 128 KiB (MaxMind DB 2.0).</summary>
    private static readonly byte[] DatabaseMark = [0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8];

    private const int MarkWithin = 128 << 10;

    /// <exception cref="EnrichmentException">It cannot be used; the message names it, the place and the
    /// fix.</exception>
    public static IOwnerFile Read(string path)
    {
        try
        {
            using var file = OrdinaryFile.Open(path);
            using var octets = Unpack(path, file);
            var all = octets.GetBuffer().AsSpan(0, (int)octets.Length);
            if (all.IsEmpty)
            {
                throw new EnrichmentException($"{path} is empty; fetch it again");
            }

            if (all[Math.Max(0, all.Length - MarkWithin)..].LastIndexOf(DatabaseMark) >= 0)
            {
                return OwnerDatabase.Read(path, octets);
            }

            if (all.Contains((byte)0))
            {
                throw new EnrichmentException($"{path} is binary and no MaxMind database; see docs/34-enrichment.md");
            }

            using var text = new StreamReader(octets, Encoding.UTF8);
            return OwnerTable.Read(path, text);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            var why = fault switch
            {
                FileNotFoundException or DirectoryNotFoundException => "is not there",
                UnauthorizedAccessException => "may not be read by this user",
                InvalidDataException => "is cut short or damaged (gzip); fetch it again",
                _ => $"cannot be read ({fault.Message})",
            };
            throw new EnrichmentException($"{path} {why}", fault);
        }
    }

    private static MemoryStream Unpack(string path, FileStream file)
    {
        var packed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using var gzip = packed ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : null;
        var from = (Stream?)gzip ?? file;
        var whole = new MemoryStream();
        var buffer = new byte[128 << 10];
        int read;
        while ((read = from.Read(buffer)) > 0)
        {
            if (whole.Length + read > MostOctets)
            {
                throw new EnrichmentException($"{path} holds more than {MostOctets >> 20} MiB; it is no file of names");
            }

            whole.Write(buffer, 0, read);
        }

        whole.Position = 0;
        return whole;
    }
}
