// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Reflection;
using Weir.Cli.Commands;
using Weir.Tests.House;

namespace Weir.Tests.Commands;

public class CliDocumentTests
{
    [Fact]
    public void A_tree_of_commands_becomes_headings_and_tables()
    {
        var root = new RootCommand("Finds the infected.");
        var list = new Command("list", "Shows | what is there.");
        list.Options.Add(
            new Option<int>("--most", "-m") { Description = "At most so many.", HelpName = "N", Required = true });
        list.Arguments.Add(new Argument<string[]>("input") { Description = "Files." });
        root.Subcommands.Add(list);
        root.Subcommands.Add(new Command("inner", "Not for people.") { Hidden = true });

        var text = CliDocument.Write(root);

        Assert.Contains("## `weir`\n\nFinds the infected.\n", text);
        Assert.Contains("### `weir list`\n\nShows \\| what is there.\n", text);
        Assert.Contains("| `INPUT...` | Files. |\n", text);
        Assert.Contains("| `--most`, `-m N` | At most so many. Required. |\n", text);
        Assert.DoesNotContain("inner", text);
    }

    [Fact]
    public void The_document_of_commands_is_fresh()
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Public
            | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var makers = typeof(CliDocument).Assembly.GetTypes().SelectMany(t => t.GetMethods(Any))
            .Where(m => m.ReturnType == typeof(RootCommand) && m.GetParameters().Length == 0).ToList();

        if (makers.Count == 0)
        {
            // A program without commands has no document of them.
            Assert.False(File.Exists(Repository.Absolute("docs/52-cli.md")));
            return;
        }

        GeneratedText.IsFresh(
            "docs/52-cli.md", CliDocument.Write((RootCommand)Assert.Single(makers).Invoke(null, null)!));
    }
}
