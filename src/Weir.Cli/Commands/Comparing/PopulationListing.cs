// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Reporting;
using Weir.Contracts.Population;

namespace Weir.Cli.Commands.Comparing;

/// <summary>How a report of the population plane is asked for and shown: the words of
/// <c>weir report population</c>.</summary>
internal static class PopulationListing
{
    /// <summary>Base first, then the lines, in any of the formats; a cell that is no number says why.</summary>
    public static void Write(PopulationView view, ListingFormat format, TextWriter to)
    {
        if (format.IsTable())
        {
            var group = view.Group.Length == 0 ? "all networks" : $"group {view.Group}";
            to.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{view.Report} {view.Window} UTC, {group}: {view.Base.Text(view.K)} active subjects, k = {view.K}\n"));
        }

        Listing.Write(
            view.Lines,
            [
                new("report", _ => view.Report), new("window", _ => view.Window), new("group", _ => view.Group),
                new("base", _ => Shown(view.Base, view.K)), new("key", l => l.Key),
                new("subjects", l => Shown(l.Value, view.K)),
            ],
            format, to);
    }

    private static object Shown(PublishedCell cell, int k) =>
        cell.Kind == PublishedCellKind.Shown ? cell.Subjects : cell.Text(k);
}
