// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Cli.Commands;

/// <summary>weir(1), written from the commands themselves.</summary>
internal static partial class ManualPage
{
    public static string Write(RootCommand root)
    {
        var text = new StringBuilder();
        text.Append(".TH WEIR 1\n.SH NAME\nweir \\- ").Append(Plain(root.Description)).Append('\n')
            .Append(".SH SYNOPSIS\n.B weir\n.I COMMAND\n[OPTIONS]\n.SH COMMANDS\n");
        foreach (var command in root.Subcommands.Where(command => !command.Hidden))
        {
            Write(command, $"weir {command.Name}", text);
        }

        return text
            .Append(".SH EXIT STATUS\n0 done; 1 refused, failed or not well; 2 bad arguments or configuration; 3 input "
                + "unreadable.\n")
            .ToString();
    }

    private static void Write(Command command, string path, StringBuilder text)
    {
        text.Append(".SS ").Append(Plain(path)).Append('\n').Append(Plain(command.Description)).Append('\n');
        foreach (var argument in command.Arguments.Where(argument => !argument.Hidden))
        {
            Item($".I {Plain(argument.Name)}", argument.Description, text);
        }

        foreach (var option in command.Options.Where(option => !option.Hidden))
        {
            var names = string.Join(", ", option.Aliases.Prepend(option.Name).Distinct());
            Item($".B {Plain(names)}", option.Description, text);
        }

        foreach (var below in command.Subcommands.Where(below => !below.Hidden))
        {
            Write(below, $"{path} {below.Name}", text);
        }
    }

    private static void Item(string head, string? words, StringBuilder text) =>
        text.Append(".TP\n").Append(head).Append('\n').Append(Plain(words)).Append('\n');

    /// <summary>On one line, with what roff would read as its own escaped.</summary>
    private static string Plain(string? words)
    {
        var line = string.Join(
            ' ', (words ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        line = NotAscii().Replace(line, match => $"\\[u{(int)match.ValueSpan[0]:X4}]");
        return line.Length > 0 && line[0] is '.' or '\'' ? "\\&" + line : line;
    }

    [GeneratedRegex("[^ -~]")]
    private static partial Regex NotAscii();
}
