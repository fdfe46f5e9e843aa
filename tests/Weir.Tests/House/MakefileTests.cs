// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Weir.Tests.House;

public partial class MakefileTests
{
    private static readonly string[] Promised = [
        "demo", "test", "build", "deb", "test-real", "bench", "prove", "accuracy", "lab", "fmt", "docs", "help"];

    private static readonly string[] Lines = Repository.Read("Makefile").Split('\n');

    [Fact]
    public void Every_target_is_one_line_with_a_sentence()
    {
        var targets = Lines.Where(l => Target().IsMatch(l)).ToList();

        Assert.Equal(Promised.Order(), targets.Select(l => l[..l.IndexOf(':')]).Order());
        Assert.All(targets, l => Assert.Matches(@"^[a-z-]+: ; @scripts/[a-z-]+\.sh[^#]*  ## \w.+", l));
        Assert.DoesNotContain(Lines, l => l.StartsWith('\t'));
    }

    [Fact]
    public void Every_script_a_target_calls_exists_and_stops_at_the_first_error()
    {
        foreach (var script in Lines.SelectMany(l => Script().Matches(l)).Select(m => m.Value).Distinct())
        {
            Assert.Contains("set -euo pipefail", Repository.Read(script));
            Assert.True(
                OperatingSystem.IsWindows()
                    || (File.GetUnixFileMode(Repository.Absolute(script)) & UnixFileMode.UserExecute) != 0,
                $"{script} cannot be executed");
        }
    }

    [Fact]
    public void Continuous_integration_runs_the_command_of_the_readme()
    {
        Assert.Contains("make test", Repository.Read(".ci/run"));
        Assert.Contains("make test", Repository.Read("README.md"));
        Assert.Contains("make demo", Repository.Read("README.md"));
    }

    [GeneratedRegex("^[a-z-]+:")]
    private static partial Regex Target();

    [GeneratedRegex(@"scripts/[a-z-]+\.sh")]
    private static partial Regex Script();
}
