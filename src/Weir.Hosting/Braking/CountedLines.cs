// SPDX-License-Identifier: Apache-2.0
//
// Lines that something was let out of, in a file, so that a start does not begin their day anew. A line stands there as
// a keyed hash of its name, under a key that lies beside and that no backup has: a copy of the file names nobody. Each is
// durable before its order is answered; what is older than what is counted goes at a start and with each new day.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Braking;
using Weir.Contracts.Flows;
using Weir.Hosting.Files;
using Weir.Hosting.Posix;
using Weir.Wire;

namespace Weir.Hosting.Braking;

/// <summary>The file. For one thread.</summary>
public sealed class CountedLines
{
    private const int KeyOctets = 32;

    private readonly string _file;
    private readonly byte[] _key;
    private readonly List<BrakedContact> _all;

    private int _latest;
    private long _length;

    /// <param name="folder">Its folder, its owner's alone; made where there is none.</param>
    /// <exception cref="InvalidDataException">The file holds something else, or others may enter the folder.</exception>
    public CountedLines(string folder)
    {
        KeyFile.Folder(folder);
        _file = Path.Combine(folder, "counted-lines.txt");
        _key = KeyFile.Kept(Path.Combine(folder, "counted-lines.key"), KeyOctets);
        _all = KeyFile.ReadIfAny(_file) is { } kept ? Read(Encoding.UTF8.GetString(kept)) : [];
        Rewrite();
    }

    /// <summary>All of them, lines by the names that they have here.</summary>
    public IReadOnlyList<BrakedContact> All => _all;

    /// <summary>The contact with the name that its line has here.</summary>
    public BrakedContact Hide(in BrakedContact contact)
    {
        Span<byte> name = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(name, contact.Line.Pseudonym);
        return contact with
        {
            Line = new(BinaryPrimitives.ReadUInt128BigEndian(HMACSHA256.HashData(_key, name))),
        };
    }

    /// <summary>Keeps one; durable when it returns. Where the disk refuses it, nothing of it stays.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Add(in BrakedContact hidden)
    {
        Append(Encoding.UTF8.GetBytes(LineOf(hidden)));
        _all.Add(hidden);
        if (hidden.Day > _latest)
        {
            Rewrite();
        }
    }

    private void Append(byte[] line)
    {
        using var file = new FileStream(
            _file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        if (file.Length > _length)
        {
            file.SetLength(_length);
        }

        try
        {
            _ = file.Seek(0, SeekOrigin.End);
            file.Write(line);
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            file.SetLength(_length);
            throw;
        }

        _length = file.Length;
    }

    private void Rewrite()
    {
        _latest = _all.Count == 0 ? 0 : _all.Max(one => one.Day);
        _ = _all.RemoveAll(one => one.Day < _latest - NetworkLines.Days);
        AtomicFile.Write(_file, string.Concat(_all.Select(one => LineOf(one))));
        _length = new FileInfo(_file).Length;
        FolderSync.Flush(Path.GetDirectoryName(_file)!);
    }

    private static string LineOf(in BrakedContact one) => string.Create(
        CultureInfo.InvariantCulture, $"{one.Day} {one.Network} {one.Sources} {one.Line.Pseudonym:x32}\n");

    /// <summary>A last line without its end was being written when the machine stopped, and its order was not answered.
    /// </summary>
    private List<BrakedContact> Read(string text)
    {
        var by = CultureInfo.InvariantCulture;
        var all = new List<BrakedContact>();
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            all.Add(line.Split(' ') is [var day, var network, var sources, var name]
                && int.TryParse(day, NumberStyles.None, by, out var of)
                && ListedNetwork.TryParse(network, out var prefix)
                && int.TryParse(sources, NumberStyles.None, by, out var lists)
                && UInt128.TryParse(name, NumberStyles.AllowHexSpecifier, by, out var hidden)
                ? new(prefix, new(hidden), of, lists)
                : throw new InvalidDataException(
                    $"{_file} holds no counted lines (line {all.Count + 1}); restore it, or remove it, and the lines of "
                        + "these days are counted anew"));
        }

        return all;
    }
}
