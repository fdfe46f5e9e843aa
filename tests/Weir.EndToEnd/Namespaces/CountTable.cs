// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Weir.EndToEnd.Namespaces;

/// <summary>What arrived, step by step, for people to read: on the console and in a file beside the
/// other artifacts.</summary>
internal sealed class CountTable(string title)
{
    private static readonly string[] Columns = [
        "step", "v4 C&C port", "v4 other port", "v4 other host", "v6 C&C port", "v6 other port", "v6 other host"];

    private readonly StringBuilder _text = new StringBuilder(
        $"{title}: of {Arrivals.Calls} connections each, so many arrived (with so many packets)\n")
        .AppendLine(Row(Columns));

    public void Add(string step, Arrived[] arrived) =>
        _text.AppendLine(Row([step, .. arrived.Select(a => a.ToString())]));

    public void AppendLine(string line) => _text.AppendLine(line);

    /// <summary>Prints it and writes it to <c>artifacts</c>.</summary>
    public async Task PublishAsync(string file)
    {
        Console.WriteLine(_text.ToString());
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "weir.slnx")))
        {
            folder = folder.Parent;
        }

        if (folder is not null)
        {
            var artifacts = Directory.CreateDirectory(Path.Combine(folder.FullName, "artifacts", "namespaces"));
            await File.WriteAllTextAsync(Path.Combine(artifacts.FullName, file), _text.ToString());
        }
    }

    private static string Row(string[] cells) => string.Concat(
        cells.Select((cell, i) => string.Create(CultureInfo.InvariantCulture, $"{cell.PadRight(i == 0 ? 34 : 18)}")));
}
