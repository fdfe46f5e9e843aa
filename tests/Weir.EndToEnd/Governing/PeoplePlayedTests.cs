// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Governing;

/// <summary>The first enrolment, somebody who comes and goes, a lost key and recovery, as people do them with the program as
/// built and with ssh-keygen: what is said stands in the page.</summary>
public sealed class PeoplePlayedTests
{
    [Fact]
    public async Task The_page_is_what_the_script_says()
    {
        Need.Programs("ssh-keygen");
        using var played = Process.Start(new ProcessStartInfo(
            "bash", [Path.Combine(RepositoryRoot.Path, "scripts/people.sh")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = RepositoryRoot.Path,
            Environment = { ["WEIR"] = $"dotnet {WeirProcess.Program}" },
        })!;
        var error = played.StandardError.ReadToEndAsync();
        var output = await played.StandardOutput.ReadToEndAsync();
        await played.WaitForExitAsync();

        Assert.True(played.ExitCode == 0, await error);
        RepositoryRoot.AssertFresh("docs/56-people-played.md", output);
    }
}
