// SPDX-License-Identifier: Apache-2.0
//
// A writer of MaxMind DB files (format 2.0: a binary tree of 32-bit records, a data section of typed values, metadata
// behind its mark), enough to make one row a network.
using System.Buffers.Binary;
using System.Text;
using Weir.Wire;

namespace Weir.Tests.Enrichment;

internal static class SmallDatabase
{
    private const int Empty = -1;

    /// <summary>A database over IPv6, IPv4 under ::/96.</summary>
    public static byte[] Write(string type, params (string Network, Dictionary<string, object> Row)[] rows)
    {
        var tree = new List<int[]> { new[] { Empty, Empty } };
        var data = new MemoryStream();
        foreach (var (network, row) in rows)
        {
            var prefix = Prefix.Parse(network);
            var bits = prefix.IsV4 ? prefix.Network.Bits & uint.MaxValue : prefix.Network.Bits;
            var at = 0;
            for (var depth = 0; depth < prefix.Length - 1; depth++)
            {
                var side = (int)(uint)(bits >> (127 - depth)) & 1;
                if (tree[at][side] == Empty)
                {
                    tree.Add([Empty, Empty]);
                    tree[at][side] = tree.Count - 1;
                }

                at = tree[at][side];
            }

            tree[at][(int)(uint)(bits >> (128 - prefix.Length)) & 1] = -2 - (int)data.Position;
            Value(data, row);
        }

        var file = new MemoryStream();
        foreach (var record in tree.SelectMany(node => node))
        {
            Number(file, (uint)(record == Empty ? tree.Count : record >= 0 ? record : tree.Count + 16 + (-2 - record)), 4);
        }

        file.Write(new byte[16]);
        data.WriteTo(file);
        file.Write([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        Value(file, new Dictionary<string, object>
        {
            ["binary_format_major_version"] = (ushort)2, ["binary_format_minor_version"] = (ushort)0,
            ["build_epoch"] = 1_700_000_000UL, ["database_type"] = type,
            ["description"] = new Dictionary<string, object> { ["en"] = "made by a test" },
            ["ip_version"] = (ushort)6, ["languages"] = new List<object>(), ["node_count"] = (uint)tree.Count,
            ["record_size"] = (ushort)32,
        });
        return file.ToArray();
    }

    private static void Value(Stream to, object value)
    {
        switch (value)
        {
            case string text:
                var octets = Encoding.UTF8.GetBytes(text);
                Control(to, 2, octets.Length);
                to.Write(octets);
                break;
            case ushort number:
                Control(to, 5, 2);
                Number(to, number, 2);
                break;
            case uint number:
                Control(to, 6, 4);
                Number(to, number, 4);
                break;
            case ulong number:
                Control(to, 9, 8);
                Number(to, number, 8);
                break;
            case Dictionary<string, object> map:
                Control(to, 7, map.Count);
                foreach (var (key, item) in map)
                {
                    Value(to, key);
                    Value(to, item);
                }

                break;
            case List<object> list:
                Control(to, 11, list.Count);
                list.ForEach(item => Value(to, item));
                break;
            default:
                throw new ArgumentException($"{value.GetType()} is no value of such a file");
        }
    }

    /// <summary>Type and length; types over 7 take a second octet.</summary>
    private static void Control(Stream to, int type, int length)
    {
        var size = length < 29 ? length : 29;
        to.WriteByte((byte)((type <= 7 ? type << 5 : 0) | size));
        if (type > 7)
        {
            to.WriteByte((byte)(type - 7));
        }

        if (size == 29)
        {
            to.WriteByte((byte)(length - 29));
        }
    }

    private static void Number(Stream to, ulong number, int octets)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(eight, number);
        to.Write(eight[^octets..]);
    }
}
