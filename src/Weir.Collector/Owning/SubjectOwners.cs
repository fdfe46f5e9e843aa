// SPDX-License-Identifier: Apache-2.0
//
// Whose a flow is, from its own line's address and its start: never two owners for one flow, whatever is restarted
// when. Who owns what from an hour on stands beside who owns it now, so that the change is the same moment of flow time
// for all. What two collectors have to agree on has a digest; flows go under the digest of the rows that gave them
// away, and an owner that has other rows does not take them.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Collector.Owning;

/// <summary>Which collector owns which network, now and from an hour on. Immutable; for any thread.</summary>
public sealed class SubjectOwners
{
    /// <summary>Octets of a digest.</summary>
    public const int DigestOctets = 16;

    private readonly PrefixTable<int>[] _tables;
    private readonly byte[][] _digests;
    private readonly long _edgeMs;

    /// <param name="options">Sound rows.</param>
    /// <param name="attributing">The provider's networks, which all collectors must know alike.</param>
    /// <param name="own">Name of this collector, which the rows have.</param>
    public SubjectOwners(OwnersOptions options, AttributingOptions attributing, string own)
    {
        Names = [.. options.Collectors.Select(one => one.Name)];
        Own = Names.ToList().IndexOf(own);
        _edgeMs = options.NextFromMs;
        var lists = options.Lists().Select(list => list.Rows).ToList();
        _tables = [.. lists.Select(rows => new PrefixTable<int>(rows.SelectMany(row =>
            row.Networks.Select(network => (network, Names.ToList().IndexOf(row.Name))))))];
        _digests = [.. lists.Select(rows => Digest(rows, attributing))];
    }

    /// <summary>Every collector; an owner's number is its place here.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>This collector's number.</summary>
    public int Own { get; }

    /// <summary>How many lists of rows there are: 2 where an hour is named at which others come in force.</summary>
    public int Maps => _tables.Length;

    /// <summary>Which list of rows says whose a flow is.</summary>
    /// <param name="startMs">Its start, milliseconds since the UNIX epoch.</param>
    public int MapAt(long startMs) => startMs >= _edgeMs ? Maps - 1 : 0;

    /// <summary>The owner's number; <see cref="Own"/> where no row has the address.</summary>
    /// <param name="address">Of the provider's end.</param>
    /// <param name="map">By which list of rows.</param>
    public int OwnerOf(IpKey address, int map) => _tables[map].TryFind(address, out var owner, out _) ? owner : Own;

    /// <summary>What an owner has to agree with.</summary>
    public ReadOnlyMemory<byte> DigestOf(int map) => _digests[map];

    /// <summary>The list of rows of a digest; -1 where this collector has none of it.</summary>
    public int FindMap(ReadOnlySpan<byte> digest)
    {
        for (var map = 0; map < _digests.Length; map++)
        {
            if (digest.SequenceEqual(_digests[map]))
            {
                return map;
            }
        }

        return -1;
    }

    private static byte[] Digest(
        IReadOnlyList<(string Name, IReadOnlyList<Prefix> Networks)> rows, AttributingOptions attributing)
    {
        var text = new StringBuilder("weir-owners 1\n")
            .Append(CultureInfo.InvariantCulture, $"{attributing.Ipv6SubjectLength}\n");
        var networks = attributing.Networks.Select(one =>
            $"network {one.Prefix} {one.Attribution} {one.Access.Length}:{one.Access} {one.Group.Length}:{one.Group}");
        var owned = rows.SelectMany(row => row.Networks.Select(network => $"owner {network} {row.Name}"));
        foreach (var line in networks.Concat(owned).Order(StringComparer.Ordinal))
        {
            text.Append(line).Append('\n');
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..DigestOctets];
    }
}
