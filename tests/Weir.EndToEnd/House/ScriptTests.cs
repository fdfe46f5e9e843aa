// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Tests.Support;

namespace Weir.EndToEnd.House;

/// <summary>The scripts behind the make targets, judged by a real shell and by shellcheck.</summary>
public class ScriptTests
{
    private static readonly string Root = FindRoot();

    private static string[] Scripts => [.. Directory.GetFiles(
        Path.Combine(Root, "scripts"), "*.sh", SearchOption.AllDirectories)
        .Append(Path.Combine(Root, ".ci", "run")).Order(StringComparer.Ordinal)];

    [Fact]
    public void Shellcheck_finds_nothing()
    {
        Need.Programs("shellcheck");
        var (code, said) = Run("shellcheck", ["-x", .. Scripts]);
        Assert.True(code == 0, said);
    }

    [Fact]
    public void Every_script_parses() =>
        Assert.All(Scripts, script => Assert.Equal((0, ""), Run("bash", ["-n", script])));

    [Fact]
    public void Help_lists_every_target()
    {
        var targets = File.ReadLines(Path.Combine(Root, "Makefile"))
            .Where(l => l.Contains(": ; ", StringComparison.Ordinal)).Select(l => l[..l.IndexOf(':')]).ToList();
        var (code, said) = Run("make", ["-s", "-C", Root, "help"]);

        Assert.Equal(0, code);
        Assert.All(targets, target => Assert.Contains($"make {target} ", said));
    }

    [Fact]
    public void A_set_of_tests_that_does_not_exist_is_refused_in_one_sentence()
    {
        var (code, said) = Run(Path.Combine(Root, "scripts", "test.sh"), ["everything"]);

        Assert.Equal(2, code);
        Assert.Equal("test.sh: 'everything' is not a set of tests; say all or real\n", said);
    }

    private static (int Code, string Said) Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Root
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said + errors.Result);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "weir.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("weir.slnx is in no folder above the tests");
    }
}
