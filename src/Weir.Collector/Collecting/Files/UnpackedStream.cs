// SPDX-License-Identifier: Apache-2.0
//
// A file as it is, or through gzip (RFC 1952, several members in a row included), or through the xz program. What the
// packed form is, its first octets tell. A truncated gzip stream ends silently in .NET unless strict validation is
// switched on for the process; it is, because a silent end would be a silent loss.
using System.IO.Compression;

namespace Weir.Collector.Collecting.Files;

/// <summary>The unpacked content of a file, and what its unpacker thinks of it at the end.</summary>
internal sealed class UnpackedStream(Stream content, bool packed, ChildProcess? child) : IDisposable
{
    private const int Longest = 6;

    public Stream Content { get; } = content;

    /// <summary>The file is compressed: other programs cannot read it as it is.</summary>
    public bool IsPacked { get; } = packed;

    /// <summary>Opens a file; refuses what is not there, is no file, or is packed by a method Weir
    /// does not read.</summary>
    public static UnpackedStream Open(string path, InputOptions options)
    {
        var file = OpenFile(path);
        Span<byte> head = stackalloc byte[Longest];
        try
        {
            head = head[..file.ReadAtLeast(head, Longest, throwOnEndOfStream: false)];
            file.Position = 0;
        }
        catch (Exception fault) when (fault is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new InputException(
                $"{path}: {fault.Message.TrimEnd('.')}; give a file that can be read from its start", fault);
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return new(new GZipStream(file, CompressionMode.Decompress), true, null);
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]))
        {
            file.Dispose();
            var child = ChildProcess.Start(
                options.Xz, ["-dc", "--", Path.GetFullPath(path)], $"{path} is packed with xz",
                "install xz (Debian: apt install xz-utils) or unpack it first");
            return new(child.Output, true, child);
        }

        var method = head switch
        {
            [(byte)'B', (byte)'Z', (byte)'h', ..] => "bzip2",
            [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
            [0x04, 0x22, 0x4D, 0x18, ..] => "lz4",
            [(byte)'P', (byte)'K', 3, 4, ..] => "zip",
            [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => "7z",
            _ => null,
        };
        if (method is not null)
        {
            file.Dispose();
            throw new InputException($"{path} is packed with {method}, which Weir does not read; unpack it first "
                + "(gz and xz are read as they are)");
        }

        return new(file, false, null);
    }

    /// <summary>Asked at the end of the content: null, or what the unpacker complains about.</summary>
    public string? Verdict() => child?.Verdict();

    public void Dispose()
    {
        Content.Dispose();
        child?.Dispose();
    }

    private static FileStream OpenFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{path} is a folder; give a file");
        }

        try
        {
            return new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; check the path", fault);
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path} cannot be opened: {fault.Message.TrimEnd('.')}; check its rights", fault);
        }
    }
}
