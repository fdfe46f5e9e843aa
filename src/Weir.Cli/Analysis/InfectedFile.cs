// SPDX-License-Identifier: Apache-2.0
//
// Lines that others reported as infected: one address a line, or a CSV (of Shadowserver, of a CERT) with a column of
// them. What is no address is refused and counted with its line, what is not ours is counted; nothing else of a row is
// read.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Hosting.Files;
using Weir.Wire;

namespace Weir.Cli.Analysis;

/// <summary>Reads one such file.</summary>
/// <param name="Lines">Who is named, as subjects in clear.</param>
/// <param name="Foreign">Rows whose address is in no network of ours, or left out of them.</param>
/// <param name="Refused">Rows that hold no address.</param>
/// <param name="FirstRefused">The first of them, with its place; empty where there is none.</param>
internal sealed record InfectedFile(
    IReadOnlySet<SubjectKey> Lines, long Foreign, long Refused, string FirstRefused)
{
    private const int MostColumns = 1_000;
    private const long MostOctets = 256L << 20;

    private static readonly string[] Names =
        ["ip", "srcip", "address", "ipaddress", "srcaddress", "sourceip", "source"];

    /// <exception cref="OperatorException">It cannot be read, or names no address at all.</exception>
    public static InfectedFile Read(string path, NetworkTable networks)
    {
        try
        {
            return new FileInfo(path).Length > MostOctets
                ? throw new OperatorException(
                    $"--infected: {path} is larger than {MostOctets >> 20} MiB; give the addresses alone",
                    ExitCode.Unreadable)
                : Parse(path, File.ReadLines(path), networks);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--infected: {path} cannot be read: {fault.Message}", ExitCode.Unreadable);
        }
    }

    private static InfectedFile Parse(string path, IEnumerable<string> text, NetworkTable networks)
    {
        var lines = new HashSet<SubjectKey>();
        var (column, number, taken, foreign, refused, first) = (-1, 0, 0L, 0L, 0L, "");
        foreach (var line in text)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var fields = CsvLine.Split(line, ',', out _);
            if (column < 0 && (column = ColumnOf(path, number, fields, out var isHead)) >= 0 && isHead)
            {
                continue;
            }

            if (column >= fields.Count || !IpKey.TryParse(fields[column], out var address))
            {
                refused++;
                first = first.Length > 0 ? first
                    : string.Create(CultureInfo.InvariantCulture, $"line {number}: no address in column {column + 1}");
                continue;
            }

            taken++;
            if (networks.Find(address) is { Excluded: false, Attribution: SubscriberMapping.Static } own)
            {
                _ = lines.Add(new SubjectKey(address.Bits & own.SubjectMask));
            }
            else
            {
                foreign++;
            }
        }

        return taken > 0 ? new(lines, foreign, refused, first)
            : throw new OperatorException(
                $"--infected: {path} names no address{(first.Length > 0 ? $"; {first}" : "")}", ExitCode.Unreadable);
    }

    /// <summary>The column of addresses, by the first line: of its name, or the first field that is one.</summary>
    private static int ColumnOf(string path, int number, List<string> fields, out bool isHead)
    {
        var named = fields.Take(MostColumns).ToList().FindIndex(field => Names.Contains(
            string.Concat(field.Where(char.IsLetterOrDigit)), StringComparer.OrdinalIgnoreCase));
        isHead = named >= 0;
        var column = isHead ? named
            : fields.Take(MostColumns).ToList().FindIndex(field => IpKey.TryParse(field, out _));
        return column >= 0 ? column : throw new OperatorException(
            $"--infected: {path}, line {number}: neither an address nor a column named ip, src_ip or address",
            ExitCode.Unreadable);
    }
}
