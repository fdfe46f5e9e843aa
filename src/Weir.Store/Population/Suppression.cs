// SPDX-License-Identifier: Apache-2.0
//
// Which cells of a table may be told (rules.md R11). A count goes out with at least k subjects behind it and k behind
// its complement. Groups add up to the total, so the groups held back add up to total less what is shown: that
// remainder has to be publishable itself, and must leave each held-back cell free to be 0 and free to be k. Cells are
// held back further, from the last mentioned on, until it does; the order looks at no count, so that one subject more
// or less changes nothing unless something crosses k. Background: Hundepool et al., Statistical Disclosure Control
// (2012), chapter 4.
using Weir.Contracts.Population;

namespace Weir.Store.Population;

/// <summary>Turns exact tables into published ones.</summary>
public static class Suppression
{
    /// <summary>The table as it may be published. A base that is too small withholds everything.</summary>
    /// <param name="question">What was asked.</param>
    /// <param name="table">Exact counts.</param>
    /// <param name="rules">How coarse.</param>
    /// <param name="mostLines">At most so many lines, the largest.</param>
    public static PopulationAnswer Protect(
        PopulationQuery question, ExactTable table, PopulationKAnonymity rules, int mostLines = 100)
    {
        if (rules.HidesNothing)
        {
            return Open(question, table, rules, mostLines);
        }

        var groups = question.Report.IsByGroup ? table.Groups : [""];
        var whole = table.Base >= rules.Base;
        IReadOnlyList<PublishedRow> lines = !whole
            ? [] : question.Report.IsPartition ? Parts(table, rules) : Overlapping(table, rules);
        return new(
            question.ToString(), rules.K, rules.Base, rules.Rounding, groups,
            whole ? CreateShown(table.Base, rules) : PublishedCell.Withheld,
            !question.Report.IsByGroup ? []
                : whole ? Publish(table.Bases, SmallGroups(table, rules), rules)
                : [.. table.Bases.Select(_ => PublishedCell.Withheld)],
            [.. lines.Where(l => question.Report.NamesItsLines || l.Total.Kind != PublishedCellKind.Withheld)
                .OrderByDescending(l => l.Total.Kind)
                .ThenByDescending(l => l.Total.Subjects).ThenBy(l => l.Key, StringComparer.Ordinal).Take(mostLines)]);
    }

    private static PopulationAnswer Open(
        PopulationQuery question, ExactTable table, PopulationKAnonymity rules, int mostLines)
    {
        var nothing = new bool[table.Groups.Count];
        IReadOnlyList<PublishedCell> ByGroup(IReadOnlyList<long> counts) =>
            question.Report.IsByGroup ? Publish(counts, nothing, rules) : [];
        var lines = table.Lines
            .OrderByDescending(l => l.Total).ThenBy(l => l.Key, StringComparer.Ordinal).Take(mostLines);
        return new(
            question.ToString(), rules.K, rules.Base, rules.Rounding, question.Report.IsByGroup ? table.Groups : [""],
            CreateShown(table.Base, rules), ByGroup(table.Bases),
            [.. lines.Select(l => new PublishedRow(l.Key, CreateShown(l.Total, rules), ByGroup(l.Subjects)))]);
    }

    /// <summary>Lines in which a subject may be several times; only groups add up.</summary>
    private static List<PublishedRow> Overlapping(ExactTable table, PopulationKAnonymity rules)
    {
        var small = SmallGroups(table, rules);
        var lines = new List<PublishedRow>();
        foreach (var line in table.Lines)
        {
            long[] others = [.. table.Bases.Zip(line.Subjects, (all, some) => Math.Max(0, all - some))];
            if (line.Total < rules.K)
            {
                lines.Add(Blank(line, PublishedCell.Withheld));
            }
            else if (others.Sum() < rules.K)
            {
                lines.Add(Blank(line, PublishedCell.NearlyAll));
            }
            else
            {
                lines.Add(HeldBack(line.Subjects, others, table.Bases, small, rules) is { } held
                    ? new(line.Key, CreateShown(line.Total, rules), Publish(line.Subjects, held, rules))
                    : Blank(line, PublishedCell.Withheld));
            }
        }

        return lines;
    }

    /// <summary>Lines that add up to the base: those held back have to be several, and k together.</summary>
    private static List<PublishedRow> Parts(ExactTable table, PopulationKAnonymity rules)
    {
        var lines = table.Lines.OrderBy(l => l.Key, StringComparer.Ordinal).ToArray();
        bool[] held = [.. lines.Select(l => l.Total < rules.K)];
        for (var next = 0; Array.Exists(held, h => h)
            && !(held.Count(h => h) > 1 && Over(held, i => lines[i].Total) >= rules.K) && next < held.Length; next++)
        {
            held[^(next + 1)] = true;
        }

        return [.. lines.Select(
            (l, i) => new PublishedRow(l.Key, held[i] ? PublishedCell.Withheld : CreateShown(l.Total, rules), []))];
    }

    /// <summary>Groups whose own number of subjects is held back: below the base, or needed to
    /// hide such a one.</summary>
    private static bool[] SmallGroups(ExactTable table, PopulationKAnonymity rules)
    {
        bool[] held = [.. table.Bases.Select(b => b < rules.Base)];
        for (var next = 0; Array.Exists(held, h => h)
            && !(held.Count(h => h) > 1 && Over(held, i => table.Bases[i]) >= rules.Base) && next < held.Length; next++)
        {
            held[^(next + 1)] = true;
        }

        return held;
    }

    /// <summary>Which groups of a line to hold back, or null where not even the total may stand.</summary>
    private static bool[]? HeldBack(
        IReadOnlyList<long> some, long[] others, IReadOnlyList<long> bases, bool[] small, PopulationKAnonymity rules)
    {
        bool[] held = [.. small.Select((tooFew, g) => tooFew || some[g] < rules.K || others[g] < rules.K)];
        for (var next = 0; !Hides(held); next++)
        {
            if (next == held.Length)
            {
                return null;
            }

            held[^(next + 1)] = true;
        }

        return held;

        bool Hides(bool[] held)
        {
            var (n, c) = (Over(held, g => some[g]), Over(held, g => others[g]));
            return !Array.Exists(held, h => h)
                || (held.Count(h => h) > 1 && n >= rules.K && c >= rules.K && Over(held, g => bases[g]) >= rules.Base
                    && !held.Where((h, g) => h && ((some[g] < rules.K && c - others[g] < rules.K)
                        || (others[g] < rules.K && n - some[g] < rules.K)))
                        .Any());
        }
    }

    private static long Over(bool[] held, Func<int, long> count) =>
        Enumerable.Range(0, held.Length).Where(i => held[i]).Sum(count);

    private static PublishedCell[] Publish(IReadOnlyList<long> counts, bool[] held, PopulationKAnonymity rules) =>
        [.. counts.Select((n, i) => held[i] ? PublishedCell.Withheld : CreateShown(n, rules))];

    private static PublishedRow Blank(ExactRow line, PublishedCell cell) =>
        new(line.Key, cell, [.. line.Subjects.Select(_ => cell)]);

    private static PublishedCell CreateShown(long exact, PopulationKAnonymity rules) =>
        new(PublishedCellKind.Shown, (long)rules.Round(exact));
}
