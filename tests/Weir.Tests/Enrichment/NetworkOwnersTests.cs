// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Networks;
using Weir.Desk.Enrichment;
using Weir.Wire;

namespace Weir.Tests.Enrichment;

/// <summary>Whose network an endpoint is in, by the files that operators have.</summary>
public sealed class NetworkOwnersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-owners").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("192.0.2.0/24 64500", "AS64500")]
    [InlineData("192.0.2.0/24\t64500", "AS64500")]
    [InlineData("192.0.2.0/24,AS64500", "AS64500")]
    [InlineData("192.0.2.0\t24\t64500", "AS64500")]
    [InlineData("192.0.2.0\t24\t64500_64501", "AS64500")]
    [InlineData("192.0.2.0\t24\t64500,64501", "AS64500")]
    [InlineData("192.0.2.0\t192.0.2.255\t64500\tDE\tEXAMPLE NET - an example", "AS64500 EXAMPLE NET - an example, DE")]
    [InlineData("192.0.2.0\t192.0.2.255\t64500\tNone\tEXAMPLE", "AS64500 EXAMPLE")]
    [InlineData("192.0.2.0\t192.0.2.255\t0\tNone\tNot routed", "")]
    [InlineData("# a comment\n; another\n\n192.0.2.0/24 64500", "AS64500")]
    public void A_line_of_each_published_table_is_read(string text, string owner) =>
        Assert.Equal(owner, $"{Over(text).Find("192.0.2.80")}");

    [Fact]
    public void The_narrowest_network_wins_whatever_the_order_of_lines()
    {
        var owners = Over("192.0.2.64/26 64502\n192.0.2.0/24 64501\n192.0.0.0/16 64500\n2001:db8::/32 64503\n2001:db8:1::/48 64504");

        Assert.Equal(64502u, owners.Find("192.0.2.80").Asn);
        Assert.Equal(64501u, owners.Find("192.0.2.200").Asn);
        Assert.Equal(64500u, owners.Find("192.0.3.1").Asn);
        Assert.Equal(0u, owners.Find("192.1.0.0").Asn);
        Assert.Equal(64503u, owners.Find("2001:db8::1").Asn);
        Assert.Equal(64504u, owners.Find("2001:db8:1::1").Asn);
        Assert.Equal(0u, owners.Find("::").Asn);
    }

    [Fact]
    public void A_look_up_agrees_with_trying_every_network()
    {
        // Nested networks in few octets, so that they meet.
        var networks = Gen.Choose(8, 32).SelectMany(length => Gen.Choose(0, 0xFFFF).Select(
            bits => Prefix.From(IpKey.FromV4((uint)(bits << 14)), 96 + length))).ListOf();
        Prop.ForAll(networks.ToArbitrary(), Gen.Choose(0, 0xFFFFF).ToArbitrary(), (held, asked) =>
        {
            var address = IpKey.FromV4((uint)(asked << 10));
            List<Prefix> distinct = [.. held.Distinct()];
            var table = new OwnerRanges(distinct.Select((one, at) => OwnerRange.Of(one, new NetworkOwner((uint)at + 1))));
            var expected = distinct.Where(one => one.Contains(address)).OrderBy(one => one.Length).LastOrDefault();
            return table.Find(address)?.Asn == (expected == default ? null : (uint)distinct.IndexOf(expected) + 1);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Names_of_systems_stand_beside_a_table_that_has_numbers_alone()
    {
        var owners = Over("192.0.2.0/24 64500", "asn,name,class,cc\nAS64500,\"Example, Inc.\",Eyeball,de\n");

        Assert.Equal(new NetworkOwner(64500, "Example, Inc.", "DE"), owners.Find("192.0.2.80"));
    }

    [Theory]
    [InlineData("GeoLite2-ASN", "AS64500 EXAMPLE")]
    [InlineData("GeoLite2-Country", "DE")]
    [InlineData("ipinfo lite", "AS64500 Example, DE")]
    public void Rows_of_each_publisher_s_database_are_read(string type, string owner)
    {
        Dictionary<string, object> row = type switch
        {
            "GeoLite2-ASN" => new()
            {
                ["autonomous_system_number"] = 64500u, ["autonomous_system_organization"] = "EXAMPLE",
            },
            "GeoLite2-Country" => new() { ["country"] = new Dictionary<string, object> { ["iso_code"] = "DE" } },
            _ => new() { ["asn"] = "AS64500", ["as_name"] = "Example", ["country_code"] = "DE", ["country"] = "Germany" },
        };
        var file = Write("names.mmdb", SmallDatabase.Write(type, ("192.0.2.0/24", row), ("2001:db8::/32", row)));
        var owners = new NetworkOwners([file]);
        owners.Refresh();

        Assert.Equal(owner, $"{owners.Find("192.0.2.80")}");
        Assert.Equal(owner, $"{owners.Find("2001:db8::80")}");
        Assert.Equal("", $"{owners.Find("198.51.100.1")}");
        Assert.Equal(type, owners.States[0].Good!.Kind);
    }

    [Fact]
    public void What_an_earlier_file_knows_stands_and_a_later_one_adds()
    {
        var country = Write("country.mmdb", SmallDatabase.Write("GeoLite2-Country", (
            "192.0.2.0/24", new() { ["country"] = new Dictionary<string, object> { ["iso_code"] = "AT" } })));
        var table = Write("table.tsv", Encoding.UTF8.GetBytes("192.0.2.0\t192.0.2.255\t64500\tDE\tEXAMPLE"));
        var owners = new NetworkOwners([country, table]);
        owners.Refresh();

        Assert.Equal("AS64500 EXAMPLE, AT", $"{owners.Find("192.0.2.80")}");
    }

    [Fact]
    public void A_packed_file_is_read()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress))
        {
            gzip.Write("192.0.2.0/24 64500"u8);
        }

        var owners = new NetworkOwners([Write("table.gz", packed.ToArray())]);
        owners.Refresh();

        Assert.Equal(64500u, owners.Find("192.0.2.80").Asn);
    }

    [Fact]
    public void A_changed_file_is_read_again_and_a_broken_one_keeps_its_last_good_copy()
    {
        var file = Write("table.txt", "192.0.2.0/24 64500"u8.ToArray());
        var owners = new NetworkOwners([file]);
        owners.Refresh();

        Write("table.txt", "192.0.2.0/24 645011"u8.ToArray());
        owners.Refresh();
        Assert.Equal(645011u, owners.Find("192.0.2.80").Asn);

        Write("table.txt", "no network at all"u8.ToArray());
        owners.Refresh();
        Assert.Equal(645011u, owners.Find("192.0.2.80").Asn);
        Assert.Contains("'no' is no address and no network", owners.States[0].Fault);
        Assert.Contains($"{file}:1:", owners.States[0].Fault);

        File.Delete(file);
        owners.Refresh();
        Assert.Equal(645011u, owners.Find("192.0.2.80").Asn);
        Assert.EndsWith("is not there", owners.States[0].Fault);
    }

    [Theory]
    [InlineData("192.0.2.0/33 64500", "'192.0.2.0/33' is no network")]
    [InlineData("192.0.2.1/24 64500", "'192.0.2.1/24' is no network")]
    [InlineData("192.0.2.0/24 AS", "'AS' is no AS number")]
    [InlineData("192.0.2.0/24 4294967296", "'4294967296' is no AS number")]
    [InlineData("192.0.2.0 64500", "a single address needs its length or the last address")]
    [InlineData("192.0.2.9\t192.0.2.1\t64500", "192.0.2.9 to 192.0.2.1 is no range")]
    [InlineData("192.0.2.0\t2001:db8::\t64500", "is no range")]
    [InlineData("192.0.2.0/24", "one field")]
    public void A_line_that_says_nothing_is_counted_with_its_place_and_the_rest_stands(string line, string why)
    {
        var owners = Over($"198.51.100.0/24 64501\n{line}");

        Assert.Equal(64501u, owners.Find("198.51.100.1").Asn);
        Assert.Equal(1, owners.States[0].Good!.Refused.Lines);
        Assert.Contains(":2: ", owners.States[0].Good!.Refused.First);
        Assert.Contains(why, owners.States[0].Good!.Refused.First);
    }

    [Fact]
    public void A_damaged_database_is_refused_or_says_nothing_and_never_throws()
    {
        var whole = SmallDatabase.Write("GeoLite2-ASN", (
            "192.0.2.0/24", new()
            {
                ["autonomous_system_number"] = 64500u, ["autonomous_system_organization"] = "EXAMPLE",
            }));
        Prop.ForAll(
            Gen.Choose(0, whole.Length - 1).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (at, octet) =>
            {
                byte[] damaged = [.. whole];
                damaged[at] = (byte)octet;
                var owners = new NetworkOwners([Write("damaged.mmdb", damaged)]);
                owners.Refresh();
                _ = owners.Find("192.0.2.80");
                _ = owners.Find("2001:db8::1");
                return owners.States[0].Good is not null || owners.States[0].Fault!.Contains("damaged.mmdb");
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Names_from_outside_hold_no_control_characters_and_end()
    {
        var name = Over("192.0.2.0\t192.0.2.255\t64500\tDE\tEX\u001b[31mAMPLE " + new string('x', 300)).Find("192.0.2.80").Name;

        Assert.DoesNotContain('\u001b', name);
        Assert.True(name.Length <= 64);
    }

    private NetworkOwners Over(params string[] texts)
    {
        var owners = new NetworkOwners([.. texts.Index().Select(
            text => Write($"table{text.Index}.txt", Encoding.UTF8.GetBytes(text.Item)))]);
        owners.Refresh();
        Assert.All(owners.States, state => Assert.Null(state.Fault));
        return owners;
    }

    private string Write(string name, byte[] octets)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, octets);
        return path;
    }
}
