// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli;
using Weir.Cli.Commands;
using Weir.Cli.Entry;
using Weir.Tests.Support;

namespace Weir.Tests.Commands;

/// <summary>Help, what a mistyped word meant, completion and the manual page.</summary>
public sealed class HelpTests
{
    /// <summary>Every command's words.</summary>
    public static TheoryData<string> All => [.. Paths(CommandTree.Create(), "")];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Every_help_fits_a_hundred_columns_and_help_shows_the_same(string path)
    {
        var words = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var help = await RunAsync([.. words, "--help"]);
        Assert.Contains("Usage:", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 100, line));
        if (words is not ["help"])
        {
            Assert.Equal(help, await RunAsync(["help", .. words]));
        }
    }

    [Theory]
    [InlineData("statsu", "status")]
    [InlineData("watchlits", "watchlist")]
    [InlineData("anlyze", "analyze")]
    [InlineData("case", "case")]
    [InlineData("frobnicate", null)]
    [InlineData("x", null)]
    public void A_mistyped_command_is_known_where_one_is_near(string typed, string? meant) =>
        Assert.Equal(meant, NearestName.Find(typed, CommandTree.Create().Subcommands.Select(command => command.Name)));

    [Theory]
    [InlineData("sta", "status")]
    [InlineData("watchlist re", "refresh release")]
    [InlineData("status --con", "--config")]
    [InlineData("completion ", "bash")]
    [InlineData("case list --state ", "assigned closed erased open snoozed")]
    [InlineData("case list --severity h", "high")]
    [InlineData("case show --part ", "case comments scopes")]
    [InlineData("notify preview --step re", "relapsed released reminder")]
    [InlineData("case list -o nd", "ndjson")]
    [InlineData("keys ", "collector store vault")]
    [InlineData("nothing at all ", null)]
    public void Words_are_completed(string line, string? words) => Assert.Equal(
        words, CompletionCommand.Find(CommandTree.Create(), line.Split(' ')) is var found && words is not null
            ? string.Join(' ', found) : null);

    [Theory]
    [InlineData("nonsense", "there is no command 'nonsense'; weir help lists all")]
    [InlineData("statsu", "did you mean 'status'?")]
    [InlineData("case lits", "did you mean 'list'?")]
    [InlineData("status x", "there is no command 'status x'")]
    public async Task Help_of_a_command_that_is_none_is_refused(string words, string why)
    {
        var refused = await Assert.ThrowsAsync<OperatorException>(() => CommandTree.Create()
            .Parse(["help", .. words.Split(' ')])
            .InvokeAsync(new InvocationConfiguration
            {
                Output = TextWriter.Null, EnableDefaultExceptionHandler = false,
            }));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadArguments, refused.ExitCode);
    }

    [Fact]
    public async Task The_manual_page_names_every_command_and_is_sound_roff()
    {
        Need.Programs("groff");
        var page = await RunAsync(["help", "--man"]);
        Assert.All(Paths(CommandTree.Create(), ""), path => Assert.Contains(
            $".SS weir {path}\n".Replace("-", "\\-", StringComparison.Ordinal), page + "\n.SS weir \n", StringComparison.Ordinal));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, page);
        using var groff = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("groff", ["-man", "-ww", "-z", file])
            {
                RedirectStandardError = true,
            })!;
        Assert.Equal("", await groff.StandardError.ReadToEndAsync());
        await groff.WaitForExitAsync();
        File.Delete(file);
    }

    private static IEnumerable<string> Paths(Command command, string path) =>
        command.Subcommands.Where(below => !below.Hidden).SelectMany(below =>
            Paths(below, $"{path} {below.Name}".Trim())).Prepend(path);

    private static async Task<string> RunAsync(string[] arguments)
    {
        var output = new StringWriter();
        await CommandTree.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output });
        return output.ToString();
    }
}
