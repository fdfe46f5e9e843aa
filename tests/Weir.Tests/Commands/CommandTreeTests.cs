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

    public static TheoryData<string> Paths() => [.. PathsOf(CommandTree.Create(), "")];

    private static IEnumerable<string> PathsOf(Command command, string above) => command.Subcommands
        .Where(one => !one.Hidden && one.Name is not "selftest")
        .SelectMany(one => PathsOf(one, $"{above} {one.Name}".Trim()).Prepend($"{above} {one.Name}".Trim()));

    /// <summary>Without any option a command does its work or says what is missing; it never breaks.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public async Task No_command_breaks_without_options(string path)
    {
        var error = new StringWriter();
        var parsed = CommandTree.Create().Parse(path);
        if (parsed.Errors.Count > 0)
        {
            return; // one line an error, with the option that is missing
        }

        try
        {
            var code = await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = TextWriter.Null, Error = error, EnableDefaultExceptionHandler = false,
            });
            Assert.True(code == ExitCode.Done || error.ToString().Length > 0, $"{path}: {code} without a word");
        }
        catch (OperatorException fault)
        {
            Assert.Matches("; |--|weir ", fault.Message);
        }
    }

    [Fact]
    public async Task Who_is_interrupted_ends_with_the_code_of_the_signal_and_one_line()
    {
        foreach (var (code, name) in ((int, string)[])
            [(Interruption.ByInterrupt, "SIGINT"), (Interruption.ByTermination, "SIGTERM")])
        {
            var error = new StringWriter();
            using var interruption = new Interruption(TimeSpan.FromMinutes(1));
            var ended = await interruption.RunAsync(
                async cancel =>
                {
                    Assert.True(interruption.Take(code));
                    Assert.False(interruption.Take(code), "the second signal ends the program");
                    cancel.ThrowIfCancellationRequested();
                    await Task.Yield();
                    return 0;
                },
                error);

            Assert.Equal((code, $"weir: ended by {name} before it was done\n"), (ended, error.ToString()));
        }
    }

    [Fact]
    public async Task Who_stops_in_good_order_ends_with_its_own_code()
    {
        using var interruption = new Interruption(TimeSpan.FromMinutes(1));
        Assert.Equal(7, await interruption.RunAsync(
            _ =>
            {
                Assert.True(interruption.Take(Interruption.ByTermination));
                return Task.FromResult(7);
            },
            TextWriter.Null));
    }

    [Fact]
    public void A_full_stop_of_the_system_goes_before_the_mend() => Assert.Equal(
        "x cannot be opened: Permission denied; give it to this user",
        new OperatorException("x cannot be opened: Permission denied.; give it to this user").Message);

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
