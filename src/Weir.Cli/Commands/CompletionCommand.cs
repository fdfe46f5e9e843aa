// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Completions;

namespace Weir.Cli.Commands;

/// <summary><c>weir completion bash</c>: what bash needs to complete commands and options.</summary>
internal static class CompletionCommand
{
    /// <summary>Hidden: what may stand at the end of some words.</summary>
    public const string Complete = "complete";

    private const string Bash = """
        # bash completion for weir: source it, or write it to /usr/share/bash-completion/completions/weir
        _weir() {
            local line
            COMPREPLY=()
            while IFS= read -r line; do
                COMPREPLY+=("$line")
            done < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        }
        complete -o default -F _weir weir

        """;

    public static IEnumerable<Command> Create(Func<RootCommand> root)
    {
        var bash = new Command("bash", "Write the script for bash. Example: weir completion bash > ~/.weir.bash");
        bash.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(Bash));
        yield return new Command(
            "completion",
            "Completion of commands and options by the shell. Example: weir completion bash > ~/.weir.bash")
        {
            bash,
        };

        var words = new Argument<string[]>("WORD") { Arity = ArgumentArity.ZeroOrMore };
        var complete = new Command(Complete, "What the last of the words may become.") { words };
        complete.Hidden = true;
        complete.SetAction(parsed =>
        {
            foreach (var word in Find(root(), parsed.GetValue(words) ?? []))
            {
                parsed.InvocationConfiguration.Output.WriteLine(word);
            }
        });
        yield return complete;
    }

    /// <summary>Commands below the words before the last, its options, and values where only some are taken, that begin
    /// as the last does. Other values are the shell's.</summary>
    internal static IEnumerable<string> Find(RootCommand root, IReadOnlyList<string> words)
    {
        var begun = words.Count > 0 ? words[^1] : "";
        Command at = root;
        foreach (var word in words.Take(words.Count - 1))
        {
            at = at.Subcommands.FirstOrDefault(below => below.Name == word && !below.Hidden) ?? at;
        }

        var before = words.Count > 1 ? words[^2] : "";
        var valued = at.Options.FirstOrDefault(
            option => option.ValueType != typeof(bool) && option.Aliases.Prepend(option.Name).Contains(before));
        return (valued is not null ? Values(valued.CompletionSources)
                : begun.StartsWith('-')
                    ? at.Options.Where(one => !one.Hidden).SelectMany(one => one.Aliases.Prepend(one.Name))
                : at.Subcommands.Where(below => !below.Hidden).Select(below => below.Name)
                    .Concat(at.Arguments.SelectMany(argument => Values(argument.CompletionSources))))
            .Where(word => word.StartsWith(begun, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Values(
        IEnumerable<Func<CompletionContext, IEnumerable<CompletionItem>>> sources) =>
            sources.SelectMany(source => source(CompletionContext.Empty)).Select(item => item.InsertText ?? item.Label);
}
