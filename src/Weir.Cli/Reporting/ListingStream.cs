// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Reporting;

/// <summary>A listing whose rows come one by one: JSON lines and CSV are written at once, a table and JSON at the
/// end.</summary>
internal sealed class ListingStream<T>(
    IReadOnlyList<ListingColumn<T>> columns, ListingFormat format, TextWriter to) : IDisposable
{
    private readonly List<T> _rows = [];
    private bool _hasHeading;

    public void Add(T row)
    {
        switch (format)
        {
            case ListingFormat.Ndjson:
                Listing.Write([row], columns, format, to);
                break;
            case ListingFormat.Csv:
                Listing.WriteCsv([row], columns, to, heading: !_hasHeading);
                _hasHeading = true;
                break;
            default:
                _rows.Add(row);
                break;
        }
    }

    public void Dispose()
    {
        if (format == ListingFormat.Json || format.IsTable())
        {
            Listing.Write(_rows, columns, format, to);
        }
        else if (format == ListingFormat.Csv && !_hasHeading)
        {
            Listing.WriteCsv([], columns, to, heading: true);
        }
    }
}
