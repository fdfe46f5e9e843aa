// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Weir.Cli.Commands;

/// <summary><c>weir help</c>: help of a command by its words, and all of it as a manual page.</summary>
internal static class HelpCommand
{
    public const string Name = "help";

    public static Command Create(Func<RootCommand> root)
    {
        var words = new Argument<string[]>("COMMAND")
        {
            Description = "Words of a command, such as `case list`; none for all commands.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var man = new Option<bool>("--man") { Description = "Write the manual page of all commands instead." };
        var command = new Command(
            Name,
            """
            Show the help of a command, as COMMAND --help does.

            Example: weir help case list
            """) { words, man };
        command.SetAction((parsed, cancel) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(man))
            {
                output.Write(ManualPage.Write(root()));
                return Task.FromResult(ExitCode.Done);
            }

            var asked = parsed.GetValue(words) ?? [];
            Command at = root();
            foreach (var word in asked)
            {
                var below = at.Subcommands.Where(one => !one.Hidden).ToList();
                at = below.Find(one => one.Name == word) ?? throw new OperatorException(
                    $"there is no command '{string.Join(' ', asked)}'"
                    + (NearestName.Find(word, below.Select(one => one.Name)) is { } near
                        ? $"; did you mean '{near}'? weir help" : "; weir help") + " lists all",
                    ExitCode.BadArguments);
            }

            return root().Parse([.. asked, "--help"])
                .InvokeAsync(parsed.InvocationConfiguration, cancel);
        });
        return command;
    }
}
