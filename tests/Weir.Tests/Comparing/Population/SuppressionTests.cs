// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Population;
using Weir.Store.Population;

namespace Weir.Tests.Comparing.Population;

/// <summary>What a reader can work out from a published table, by trying every table that would have
/// been published so.</summary>
public sealed class SuppressionTests
{
    /// <summary>Published unrounded, so that the reader of the test knows more than any real one.</summary>
    private static readonly PopulationKAnonymity Bare = new(k: 5, minimumBase: 8, rounding: 1);

    private static readonly PopulationQuery ByPort = Question("top-remote-ports");

    [Fact]
    public void A_cell_of_four_is_withheld_with_its_complement()
    {
        var table = new ExactTable(["north", "south", "west"], [600, 700, 800], [
            new("443/tcp", [500, 600, 700]), new("7703/udp", [4, 30, 40])]);

        var answer = Suppression.Protect(ByPort, table, PopulationKAnonymity.Default);

        var line = answer.Lines.Single(l => l.Key == "7703/udp");
        Assert.Equal(new PublishedCell(PublishedCellKind.Shown, 75), line.Total);
        Assert.Equal(
            [PublishedCell.Withheld, new PublishedCell(PublishedCellKind.Shown, 30), PublishedCell.Withheld],
            line.Groups);
        Assert.Equal([
            new PublishedCell(PublishedCellKind.Shown, 500), new PublishedCell(PublishedCellKind.Shown, 600),
            new PublishedCell(PublishedCellKind.Shown, 700)], answer.Lines[0].Groups);
        Assert.Equal(new PublishedCell(PublishedCellKind.Shown, 2_100), answer.Base);
    }

    [Theory]
    [InlineData(9, PublishedCellKind.Withheld)]
    [InlineData(10, PublishedCellKind.Shown)]
    [InlineData(990, PublishedCellKind.Shown)]
    [InlineData(991, PublishedCellKind.NearlyAll)]
    [InlineData(1_000, PublishedCellKind.NearlyAll)]
    public void A_count_needs_k_subjects_and_k_others(long subjects, PublishedCellKind kind)
    {
        var answer = Suppression.Protect(
            Question("busy-hours"), new([""], [1_000], [new("12:00", [subjects])]), PopulationKAnonymity.Default);

        Assert.Equal(kind, answer.Lines.Single().Total.Kind);
    }

    [Fact]
    public void A_base_below_five_hundred_withholds_everything()
    {
        var answer = Suppression.Protect(
            ByPort, new([""], [499], [new("443/tcp", [300])]), PopulationKAnonymity.Default);

        Assert.Equal(PublishedCell.Withheld, answer.Base);
        Assert.Empty(answer.Lines);
    }

    [Fact]
    public void A_line_below_k_leaves_no_trace_where_its_name_would_say_that_somebody_was_there()
    {
        var table = new ExactTable([""], [1_000], [new("443/tcp", [400]), new("31337/tcp", [3])]);

        Assert.Equal(
            ["443/tcp"], Suppression.Protect(ByPort, table, PopulationKAnonymity.Default).Lines.Select(l => l.Key));
        Assert.Equal(2, Suppression.Protect(Question("busy-hours"), table, PopulationKAnonymity.Default).Lines.Count);
    }

    [Fact]
    public void Lines_that_add_up_are_withheld_in_twos()
    {
        var table = new ExactTable([""], [1_000], [new("cable", [400]), new("dsl", [4]), new("ftth", [596])]);

        var answer = Suppression.Protect(Question("access-mix"), table, PopulationKAnonymity.Default);

        Assert.Equal([("cable", PublishedCellKind.Shown), ("dsl", PublishedCellKind.Withheld), (
            "ftth", PublishedCellKind.Withheld)], answer.Lines.Select(l => (l.Key, l.Total.Kind)));
    }

    [Fact]
    public void The_lab_profile_holds_nothing_back_and_no_other_profile_shows_its_answers()
    {
        var answer = Suppression.Protect(
            ByPort, new(["a", "b"], [3, 1], [new("80/tcp", [2, 1])]), PopulationKAnonymity.Lab);

        Assert.Equal(new PublishedCell(PublishedCellKind.Shown, 4), answer.Base);
        Assert.Equal(
            [new PublishedCell(PublishedCellKind.Shown, 2), new PublishedCell(PublishedCellKind.Shown, 1)],
            answer.Lines.Single().Groups);
        Assert.True(answer.Meets(PopulationKAnonymity.Lab));
        Assert.False(answer.Meets(PopulationKAnonymity.Default));
    }

    [Fact]
    public void No_cell_below_k_can_be_worked_out_across_groups() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(11, 3).WithMaxTest(1_500),
        Prop.ForAll(Tables(groups: 3, most: 13).ToArbitrary(), table =>
        {
            var answer = Suppression.Protect(ByPort, table, Bare);
            var read = answer.Base.Kind == PublishedCellKind.Withheld ? [] : table.Lines.Where(
                l => answer.Lines.Any(p => p.Key == l.Key && p.Total.Kind == PublishedCellKind.Shown));
            return read.All(line => Hidden(table, line, answer, answer.Lines.Single(p => p.Key == line.Key)));
        }));

    [Fact]
    public void No_part_below_k_can_be_worked_out_from_the_sum() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(12, 3).WithMaxTest(1_500),
        Prop.ForAll(Gen.Choose(0, 14).ArrayOf(4).ToArbitrary(), parts =>
        {
            var table = new ExactTable([""], [parts.Sum()], [.. parts.Select((n, i) => new ExactRow($"{i}", [n]))]);
            var lines = Suppression.Protect(Question("access-mix"), table, Bare).Lines;
            var held = lines.Where(l => l.Total.Kind == PublishedCellKind.Withheld)
                .Select(l => (long)parts[l.Key[0] - '0']).ToArray();
            return lines.All(l => l.Total.Kind == PublishedCellKind.Withheld || parts[l.Key[0] - '0'] >= Bare.K)
                && (held.Length == 0 || (held.Length > 1 && held.Sum() >= Bare.K));
        }));

    [Fact]
    public void One_subject_less_moves_a_count_by_one_step_or_crosses_k() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(13, 3).WithMaxTest(3_000),
        Prop.ForAll(
            Tables(groups: 4, most: 40).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), Gen.Choose(0, 15).ToArbitrary(),
            (table, group, met) =>
            {
                var rules = new PopulationKAnonymity(k: 10, minimumBase: 25);
                if (table.Bases[group] == 0)
                {
                    return true;
                }

                var without = Without(table, group, met);
                var (before, after) =
                    (Suppression.Protect(ByPort, table, rules), Suppression.Protect(ByPort, without, rules));
                return Moves(before.Base, after.Base, () => Crosses(table.Bases, without.Bases, rules.Base))
                    && before.Bases.Zip(after.Bases)
                        .All(b => Moves(b.First, b.Second, () => Crosses(table.Bases, without.Bases, rules.Base)))
                    && table.Lines.Zip(without.Lines).All(line =>
                    {
                        bool Crossed() => Crosses(line.First.Subjects, line.Second.Subjects, rules.K)
                            || Crosses(table.Bases, without.Bases, rules.Base)
                            || Crosses(Others(table, line.First), Others(without, line.Second), rules.K);
                        var (old, now) = (CellsOf(before, line.First), CellsOf(after, line.First));
                        return old.Zip(now).All(cell => Moves(cell.First, cell.Second, Crossed));
                    });
            }));

    private static PopulationQuery Question(string report) =>
        new(PopulationReport.Find(report)!, PopulationWindow.LastBefore(DateTimeOffset.UnixEpoch.AddDays(20_600)));

    /// <summary>Whether every cell that must not be told may be 0 and may be k, given all that is told.</summary>
    private static bool Hidden(ExactTable table, ExactRow line, PopulationAnswer answer, PublishedRow told)
    {
        var worlds = Worlds(table, line, answer, told).ToList();
        return Enumerable.Range(0, table.Groups.Count)
            .Where(g => told.Groups[g].Kind == PublishedCellKind.Withheld).All(g =>
                (line.Subjects[g] >= Bare.K
                    || (worlds.Exists(w => w.Some[g] == 0) && worlds.Exists(w => w.Some[g] >= Bare.K)))
                && (table.Bases[g] - line.Subjects[g] >= Bare.K
                    || (worlds.Exists(w => w.All[g] == w.Some[g])
                        && worlds.Exists(w => w.All[g] - w.Some[g] >= Bare.K))))
            && told.Groups.Select((cell, g) => (cell, g)).All(c => c.cell.Kind != PublishedCellKind.Shown
                || (line.Subjects[c.g] >= Bare.K && table.Bases[c.g] - line.Subjects[c.g] >= Bare.K
                    && table.Bases[c.g] >= Bare.Base));
    }

    /// <summary>Every way to fill what is withheld so that all that is told comes out.</summary>
    private static IEnumerable<(long[] All, long[] Some)> Worlds(
        ExactTable table, ExactRow line, PopulationAnswer answer, PublishedRow told)
    {
        foreach (var all in Fill(table.Bases, [.. answer.Bases.Select(b => b.Kind == PublishedCellKind.Withheld)], [
            .. table.Bases.Select(_ => table.Base)]))
        {
            foreach (var some in Fill(
                line.Subjects, [.. told.Groups.Select(c => c.Kind == PublishedCellKind.Withheld)], all))
            {
                yield return (all, some);
            }
        }
    }

    private static IEnumerable<long[]> Fill(IReadOnlyList<long> truth, bool[] open, long[] most)
    {
        return Next([.. truth], 0, truth.Where((_, i) => open[i]).Sum());

        IEnumerable<long[]> Next(long[] row, int at, long left)
        {
            if (at == row.Length)
            {
                return left == 0 ? [[.. row]] : [];
            }

            return open[at]
                ? Enumerable.Range(0, (int)Math.Min(left, most[at]) + 1).SelectMany(n =>
                {
                    long[] tried = [.. row];
                    tried[at] = n;
                    return Next(tried, at + 1, left - n);
                })
                : row[at] <= most[at] ? Next(row, at + 1, left) : [];
        }
    }

    private static Gen<ExactTable> Tables(int groups, int most) =>
        from bases in Gen.Choose(0, most).ArrayOf(groups)
        from shares in Gen.Choose(0, 100).ArrayOf(groups * 2)
        select new ExactTable(
            [.. Enumerable.Range(0, groups).Select(g => $"g{g}")], [.. bases.Select(b => (long)b)],
            [.. Enumerable.Range(0, 2).Select(i => new ExactRow(
                $"{i}", [.. bases.Select((b, g) => (long)Math.Min(b, b * shares[(i * groups) + g] / 90))]))]);

    private static ExactTable Without(ExactTable table, int group, int met) => table with
    {
        Bases = [.. table.Bases.Select((b, g) => g == group ? b - 1 : b)],
        Lines = [.. table.Lines.Select((line, i) => line with
        {
            // Whoever goes either met this line or did not; both have to be possible.
            Subjects = [.. line.Subjects.Select(
                (n, g) => g == group && n > 0 && ((met >> i) % 2 == 1 || n == table.Bases[g]) ? n - 1 : n)],
        })],
    };

    private static long[] Others(ExactTable table, ExactRow line) =>
        [.. table.Bases.Zip(line.Subjects, (all, some) => all - some)];

    private static IEnumerable<PublishedCell> CellsOf(PopulationAnswer answer, ExactRow line) =>
        answer.Lines.FirstOrDefault(l => l.Key == line.Key) is { } told
            ? [told.Total, .. told.Groups]
            : Enumerable.Repeat(PublishedCell.Withheld, line.Subjects.Count + 1);

    private static bool Moves(PublishedCell before, PublishedCell after, Func<bool> crosses) =>
        before.Kind == after.Kind ? Math.Abs(before.Subjects - after.Subjects) <= 5 : crosses();

    /// <summary>Whether some set of cells together crosses a bound.</summary>
    private static bool Crosses(IReadOnlyList<long> before, IReadOnlyList<long> after, long bound) =>
        Enumerable.Range(1, (1 << before.Count) - 1).Any(set => Sum(before, set) >= bound != Sum(after, set) >= bound);

    private static long Sum(IReadOnlyList<long> counts, int set) => counts.Where((_, i) => (set >> i) % 2 == 1).Sum();
}
