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
