// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Weir.Cli.Commands.Cases;
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Api.Blocks;

namespace Weir.Tests.Reporting;

public class ListingTests
{
    private sealed record Row(string Name, long Count, double? Share, DateTimeOffset At, bool On);

    private static readonly ListingColumn<Row>[] Columns =
        [
            new("name", r => r.Name), new("count", r => r.Count), new("share", r => r.Share), new("at", r => r.At),
            new("on", r => r.On)
        ];

    private static readonly Row[] Rows = [
        new("a, \"b\"", 12, 0.5, SampleReport.Start, true), new("=1+1", 7, null, SampleReport.Start, false)];

    private static string Written(ListingFormat format, params Row[] rows)
    {
        var text = new StringWriter();
        Listing.Write(rows, Columns, format, text);
        return text.ToString();
    }

    [Fact]
    public void Csv_is_quoted_and_runs_no_formula() => Assert.Equal(
        "name,count,share,at,on\r\n\"a, "
            + "\"\"b\"\"\",12,0.5,2026-11-02T00:00:00Z,true\r\n'=1+1,7,,2026-11-02T00:00:00Z,false\r\n",
        Written(ListingFormat.Csv, Rows));

    [Fact]
    public void Json_holds_numbers_as_numbers_and_nothing_as_null()
    {
        var json = JsonNode.Parse(Written(ListingFormat.Json, Rows))!;

        Assert.Equal(12, (int)json[0]!["count"]!);
        Assert.True((bool)json[0]!["on"]!);
        Assert.Null(json[1]!["share"]);
        Assert.Equal("[]\n", Written(ListingFormat.Json));
    }

    [Fact]
    public void Json_lines_hold_one_row_each() =>
        Assert.Equal(["a, \"b\"", "=1+1"], Written(ListingFormat.Ndjson, Rows)
            .TrimEnd('\n').Split('\n').Select(l => (string?)JsonNode.Parse(l)!["name"]));

    [Fact]
    public void A_table_lines_up_and_takes_no_orders_from_a_cell()
    {
        var lines = Written(ListingFormat.Table, new("a\u001b[2Jb", 12, 1, SampleReport.Start, true), new(
            "c", 1_000, 2, SampleReport.Start, true))
            .TrimEnd('\n').Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.DoesNotContain('\u001b', string.Concat(lines));
        Assert.Equal(
            lines[1].IndexOf("12", StringComparison.Ordinal) + 2,
            lines[2].IndexOf("1000", StringComparison.Ordinal) + 4);
    }

    [Theory]
    [InlineData("table", ListingFormat.Table)]
    [InlineData("json", ListingFormat.Json)]
    [InlineData("ndjson", ListingFormat.Ndjson)]
    [InlineData("csv", ListingFormat.Csv)]
    [InlineData("xml", null)]
    public void Formats_are_known_by_name(string name, object? format) => Assert.Equal(
        format, Listing.TryParseFormat(name, out var known) ? known : null);

    /// <summary>A number below nought begins as a formula does and is none; programs read the name, people the heading.
    /// </summary>
    [Fact]
    public void A_negative_number_stays_one_and_a_heading_is_for_people()
    {
        string Of(ListingFormat format)
        {
            var to = new StringWriter();
            Listing.Write(["-12", "-a"], [new ListingColumn<string>("ic", one => one, Head: "strength")], format, to);
            return to.ToString();
        }

        Assert.Equal("ic\r\n-12\r\n'-a\r\n", Of(ListingFormat.Csv));
        Assert.Contains("strength", Of(ListingFormat.Table), StringComparison.Ordinal);
        Assert.DoesNotContain("ic", Of(ListingFormat.Table), StringComparison.Ordinal);
    }

    /// <summary>Programs read numbers: a large one whole, and nothing where there is none.</summary>
    [Fact]
    public void What_is_a_number_is_one_for_programs_and_what_is_none_is_nothing()
    {
        var text = new StringWriter();
        Listing.Write(
            new object[]
            {
                ulong.MaxValue, double.NaN, 0.25, 3.0, (PublishedValue)12L, (PublishedValue)0.5,
                PublishedValue.FromText("<10"),
            },
            [new ListingColumn<object>("v", value => value)], ListingFormat.Ndjson, text);

        Assert.Equal(
            "18446744073709551615 null 0.25 3 12 0.5 \"<10\"",
            string.Join(' ', text.ToString().TrimEnd('\n').Split('\n').Select(line => line["{\"v\":".Length..^1])));
    }

    [Fact]
    public void A_table_without_room_leaves_out_what_it_can_spare_and_says_so()
    {
        ListingColumn<string>[] columns =
        [
            new("first", one => new string(one[0], 24)), new("second", one => new string(one[0], 24)),
            new("third", one => new string(one[0], 24)), new("spare", one => new string(one[0], 24), ColumnUse.Spare),
            new("brief", _ => "b", ColumnUse.Brief), new("detail", _ => "d", ColumnUse.Detail),
        ];
        string Of(ListingFormat format)
        {
            var to = new StringWriter();
            Listing.Write(["x", "y"], columns, format, to);
            return to.ToString();
        }

        var table = Of(ListingFormat.Table);
        Assert.EndsWith("--wide shows spare too\n", table, StringComparison.Ordinal);
        Assert.Contains("brief", table, StringComparison.Ordinal);
        Assert.DoesNotContain("detail", table, StringComparison.Ordinal);
        Assert.Contains("spare", Of(ListingFormat.Wide), StringComparison.Ordinal);
        Assert.DoesNotContain("--wide", Of(ListingFormat.Wide), StringComparison.Ordinal);
        Assert.Equal("first,second,third,spare,detail", Of(ListingFormat.Csv).Split("\r\n")[0]);
    }

    [Fact]
    public void Any_text_survives_json() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(34, 7).WithMaxTest(200),
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            var clean = new string([.. text.Get.Where(c => !char.IsSurrogate(c))]);
            return (string?)JsonNode.Parse(
                Written(ListingFormat.Ndjson, new Row(clean, 1, 1, SampleReport.Start, true)))!["name"] == clean;
        }));

    /// <summary>Why a block is as it is stands only where something is wrong.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("no-answer", true)]
    public void A_table_of_blocks_has_reasons_where_there_are_any_and_what_programs_read_has_them_always(
        string reason, bool isTold)
    {
        BlockSummary[] blocks =
        [
            new("b-0000000000000001", "verified", true, 1, 1, "blackhole 192.0.2.7", "", "c-1", "0", "ana", "olaf",
                DateTimeOffset.UnixEpoch, "", ""),
            new("b-0000000000000002", "approved", false, 0, 1, "blackhole 192.0.2.8", "", "c-1", "0", "ana", "olaf",
                DateTimeOffset.UnixEpoch, reason, ""),
        ];
        string Of(ListingFormat format)
        {
            var to = new StringWriter();
            Listing.Write(blocks, BlockCommand.Rows, format, to);
            return to.ToString();
        }

        Assert.Equal(isTold, Of(ListingFormat.Table).Contains("reason", StringComparison.Ordinal));
        Assert.DoesNotContain("--wide", Of(ListingFormat.Table), StringComparison.Ordinal);
        Assert.All(
            (ListingFormat[])[ListingFormat.Wide, ListingFormat.Json, ListingFormat.Csv, ListingFormat.Ndjson],
            format => Assert.Contains("reason", Of(format), StringComparison.Ordinal));
    }
}
