// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Reporting;

namespace Weir.Cli.Commands;

/// <summary>The options <c>-o</c> and <c>--wide</c>, the same for every listing.</summary>
internal static class OutputOption
{
    private const string WideName = "--wide";

    private static readonly string[] Words = ["table", "json", "ndjson", "csv"];

    public static Option<string> Create()
    {
        var output = new FormatOption
        {
            Description = "table (default), json, ndjson or csv.",
            DefaultValueFactory = _ => Words[0],
            HelpName = "FORMAT"
        };
        output.CompletionSources.Add(Words);
        return output;
    }

    /// <summary>Gives every command that lists the option of a table that is not fitted to the screen.</summary>
    public static void AddWide(Command command)
    {
        foreach (var below in command.Subcommands)
        {
            AddWide(below);
        }

        if (command.Options.Any(option => option is FormatOption))
        {
            command.Add(new Option<bool>(WideName)
            {
                Description = "A table with every column and a row a line, however wide; else it fits the screen, or a "
                    + "hundred columns.",
            });
        }
    }

    /// <summary>The format that is asked for.</summary>
    /// <exception cref="OperatorException">It is none.</exception>
    public static ListingFormat Read(ParseResult parsed, Option<string> output)
    {
        var format = Read(parsed.GetValue(output)!);
        var wide = parsed.CommandResult.Command.Options.OfType<Option<bool>>().FirstOrDefault(o => o.Name == WideName);
        return format == ListingFormat.Table && wide is not null && parsed.GetValue(wide) ? ListingFormat.Wide : format;
    }

    /// <summary>A format by its name.</summary>
    /// <exception cref="OperatorException">It is none.</exception>
    public static ListingFormat Read(string text) => Listing.TryParseFormat(text, out var format)
        ? format
        : throw new OperatorException(
            $"-o '{text}' is no format; it is {string.Join(", ", Words[..^1])} or {Words[^1]}");

    /// <summary>Tells listings from commands with another <c>-o</c>.</summary>
    private sealed class FormatOption() : Option<string>("--output", "-o");
}
