// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Embedded;

/// <summary>The data of an INSERT on its way to the engine.</summary>
internal sealed partial class InsertBody : IDisposable
{
    private MemoryFile? _file;

    /// <summary>Takes the body whole and returns the statement that reads it; the head is
    /// <c>INSERT INTO table (columns)</c>.</summary>
    public async Task<string> ReceiveAsync(string head, string format, Stream body, CancellationToken cancel)
    {
        if (!format.Equals("Native", StringComparison.OrdinalIgnoreCase))
        {
            throw StoreException.Answered(
                73, $"Code: 73. The embedded store takes rows in Format Native, not {format}.");
        }

        _file = new MemoryFile();
        if (await _file.FillAsync(body, cancel) == 0)
        {
            return "";
        }

        var columns = Columns().Match(head) is { Success: true } listed ? listed.Groups[1].Value : "*";
        return $"{head} SETTINGS max_insert_threads = 1 SELECT {columns} FROM "
            + $"file({SqlText.Literal(_file.Path)}, 'Native')";
    }

    public void Dispose() => _file?.Dispose();

    [GeneratedRegex(@"\(([^()]*)\)\s*\z")]
    private static partial Regex Columns();
}
