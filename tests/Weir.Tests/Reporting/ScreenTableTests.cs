// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Cli.Reporting;

namespace Weir.Tests.Reporting;

/// <summary>A table fits its screen and loses nothing: cells go on below, or each row is a block.</summary>
public class ScreenTableTests
{
    private const string Id = "b-0011223344556677";
    private const string Reason = "the vault does not announce it: its router at 192.0.2.1 is away since the morning";

    private static string[] Written(int? width, string[] names, params string[][] rows)
    {
        var text = new StringWriter();
        ScreenTable.Write(
            names,
            [.. rows.Select(row => row.Select(cell => new ScreenCell(cell, int.TryParse(cell, out _))).ToArray())],
            width, text);
        return text.ToString().TrimEnd('\n').Split('\n');
    }

    [Fact]
    public void What_fits_is_a_line_a_row()
    {
        var lines = Written(100, ["block", "rows"], [Id, "12"], [Id, "7"]);

        Assert.Equal(["block               rows", $"{Id}    12", $"{Id}     7"], lines);
    }

    [Fact]
    public void What_does_not_fit_goes_on_below_and_numbers_and_the_first_column_stay_whole()
    {
        string[][] rows = [[Id, "1234567", Reason, Reason], [Id, "2", "short", ""]];

        var lines = Written(100, ["block", "rows", "target", "reason"], rows);

        Assert.All(lines, line => Assert.True(line.Length <= 100, line));
        Assert.StartsWith($"{Id}  1234567  ", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Count(line => line.StartsWith(Id, StringComparison.Ordinal)));
        Assert.DoesNotContain('…', string.Concat(lines));
        var words = string.Join(' ', lines).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(Reason.Split(' '), word => Assert.Equal(
            2 * Reason.Split(' ').Count(one => one == word), words.Count(one => one == word)));
    }

    [Fact]
    public void One_row_that_does_not_fit_and_rows_with_too_many_columns_are_blocks()
    {
        var one = Written(100, ["block", "state", "none", "reason"], [Id, "open", "", Reason + " " + Reason]);
        Assert.Equal([$"block   {Id}", "state   open"], one[..2]);
        Assert.All(one, line => Assert.True(line.Length <= 100, line));
        Assert.Equal(
            $"{Reason} {Reason}", string.Join(' ', one[2..].Select(line => line["reason  ".Length..])));

        string[] many = [.. Enumerable.Range(0, 9).Select(at => $"column{at}")];
        var several = Written(100, many, [.. many.Select(_ => Id)], [.. many.Select(_ => Id)]);
        Assert.Equal((2 * 9) + 1, several.Length);
        Assert.Contains("", several);
    }

    private sealed record Row(string Id, string State, string Detail, int Count);

    [Fact]
    public void Spare_columns_go_before_a_table_becomes_blocks_and_that_is_said()
    {
        ListingColumn<Row>[] columns =
        [
            new("block", row => row.Id), new("detail", row => row.Detail, ColumnUse.Spare),
            new("more", row => row.Detail, ColumnUse.Spare), new("another", row => row.Detail, ColumnUse.Spare),
            new("fourth", row => row.Detail, ColumnUse.Spare), new("state", row => row.State),
            new("countOfAll", row => row.Count, Head: "n"),
        ];
        Row[] rows = [new(Id, "candidate", "0123456789abcdef01234", 1), new(Id, "open", "0123456789abcdef01234", 2)];

        var text = new StringWriter();
        Listing.Write(rows, columns, ListingFormat.Table, text);
        var lines = text.ToString().TrimEnd('\n').Split('\n');

        Assert.Equal(4, lines.Length);
        Assert.Matches("^block +more +another +fourth +state +n$|^block +another +fourth +state +n$", lines[0]);
        Assert.Contains("candidate", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("--wide shows detail", lines[3], StringComparison.Ordinal);

        var wide = new StringWriter();
        Listing.Write(rows, columns, ListingFormat.Csv, wide);
        Assert.StartsWith(
            "block,detail,more,another,fourth,state,countOfAll\r\n", wide.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wide_table_is_a_line_a_row_however_wide()
    {
        var lines = Written(null, ["block", "a", "reason"], [Id, "", Reason + Reason], [Id, "", ""]);

        Assert.Equal(3, lines.Length);
        Assert.Contains(Reason + Reason, lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_text_wraps_to_its_width_with_all_its_letters() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(34, 7).WithMaxTest(300),
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNull<string>>(), Gen.Choose(1, 40).ToArbitrary(), (text, width) =>
            {
                var lines = Screen.Wrap(text.Get, width);
                return lines.Count > 0 && lines.All(line => line.Length <= width)
                    && Letters(string.Concat(lines)) == Letters(text.Get);

                static string Letters(string whole) => whole.Replace(" ", "", StringComparison.Ordinal);
            }));
}
