// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli;
using Weir.Cli.Entry;

namespace Weir.Tests.Commands;

public sealed class CommandTreeTests
{
    private static IEnumerable<Command> All(Command command) =>
        command.Subcommands.Where(c => !c.Hidden).SelectMany(All).Prepend(command);

    private static string Said(params string[] arguments)
    {
        var output = new StringWriter();
        CommandTree.Create().Parse(arguments).Invoke(new InvocationConfiguration { Output = output });
        return output.ToString();
    }

    [Fact]
    public void Every_command_shows_an_example() =>
        Assert.All(All(CommandTree.Create()), command =>
            Assert.Contains("Example: weir ", command.Description, StringComparison.Ordinal));

    [Fact]
    public void Every_listing_has_a_wide_form() => Assert.All(
        All(CommandTree.Create()).Where(command => command.Options.Any(option => option.Name == "--output"
            && option.Description == "table (default), json, ndjson or csv.")),
        command => Assert.Contains(command.Options, option => option.Name == "--wide"));

    [Fact]
    public void A_fault_of_a_word_is_one_line_with_the_words_that_are_taken() => Assert.Equal(
        "Argument 'nix' not recognized. Must be one of: 'collector', 'store', 'desk', 'vault'",
        CommandTree.OnOneLine(Assert.Single(
            CommandTree.Create().Parse(["check", "--config", "x", "--process", "nix"]).Errors).Message));

    [Fact]
    public void Version_tells_version_and_commit()
    {
        Assert.Matches(@"^weir \d+\.\d+\.\d+ \(commit ([0-9a-f]{40}|not known)\)\n$", Said("--version"));
        Assert.Equal("weir 1.2.3 (commit abc)", VersionAction.Describe("1.2.3+abc"));
        Assert.Equal("weir 1.2.3 (commit not known)", VersionAction.Describe("1.2.3"));
    }

    [Fact]
    public void Help_calls_the_program_by_its_launcher()
    {
        Assert.Contains("  weir [command] [options]", Said("--help"), StringComparison.Ordinal);
        Assert.Contains("  weir watchlist [command] [options]", Said("watchlist", "--help"), StringComparison.Ordinal);
    }
}
