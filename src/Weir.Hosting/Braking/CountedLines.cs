// SPDX-License-Identifier: Apache-2.0
//
// Lines that something was let out of, in a file, so that a start does not begin their day anew. A line stands there as
// a keyed hash of its name, under a key that lies beside and that no backup has: a copy of the file names nobody. Each is
// durable before its order is answered; what is older than what is counted goes at a start and with each new day.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Weir.Contracts.Braking;
using Weir.Contracts.Flows;
using Weir.Hosting.Files;
using Weir.Wire;

namespace Weir.Hosting.Braking;

/// <summary>The file. For one thread.</summary>
public sealed class CountedLines
{
    private const int KeyOctets = 32;

    private readonly string _path;
    private readonly DurableLines _file;
    private readonly byte[] _key;
    private readonly List<BrakedContact> _all;

    private int _latest;

    /// <param name="folder">Its folder, its owner's alone; made where there is none.</param>
    /// <exception cref="InvalidDataException">The file holds something else, its key is lost, or others may enter the
    /// folder.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public CountedLines(string folder)
    {
        _path = Path.Combine(folder, "counted-lines.txt");
        (_key, _file, _all) = BrakeFile.Use(_path, () =>
        {
            KeyFile.Folder(folder);
            var key = KeyFile.Kept(
                Path.Combine(folder, "counted-lines.key"), KeyOctets,
                KeyUse.OfFile(_path, "the lines of these days are counted anew"));
            var (file, kept) = DurableLines.Open(_path);
            return (key, file, Read(kept));
        });
        BrakeFile.Use(_path, Rewrite);
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
        var line = LineOf(hidden);
        BrakeFile.Use(_path, () => _file.Append(line));
        _all.Add(hidden);
        if (hidden.Day > _latest)
        {
            BrakeFile.Use(_path, Rewrite);
        }
    }

    private void Rewrite()
    {
        _latest = _all.Count == 0 ? 0 : _all.Max(one => one.Day);
        _ = _all.RemoveAll(one => one.Day < _latest - NetworkLines.Days);
        _file.Replace(_all.Select(one => LineOf(one)));
    }

    private static string LineOf(in BrakedContact one) => string.Create(
        CultureInfo.InvariantCulture, $"{one.Day} {one.Network} {one.Sources} {one.Line.Pseudonym:x32}");

    private List<BrakedContact> Read(string[] lines)
    {
        var by = CultureInfo.InvariantCulture;
        var all = new List<BrakedContact>();
        foreach (var line in lines)
        {
            all.Add(line.Split(' ') is [var day, var network, var sources, var name]
                && int.TryParse(day, NumberStyles.None, by, out var of)
                && ListedNetwork.TryParse(network, out var prefix)
                && int.TryParse(sources, NumberStyles.None, by, out var lists)
                && UInt128.TryParse(name, NumberStyles.AllowHexSpecifier, by, out var hidden)
                ? new(prefix, new(hidden), of, lists)
                : throw new InvalidDataException(
                    $"{_path} holds no counted lines (line {all.Count + 1}); restore it, or remove it, and the lines of "
                        + "these days are counted anew"));
        }

        return all;
    }
}
