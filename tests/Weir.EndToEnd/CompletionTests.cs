// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd;

/// <summary>Completion in a real bash at a terminal: half words and the tabulator key, and what bash then runs.</summary>
public sealed class CompletionTests
{
    [Fact]
    public async Task Bash_completes_commands_and_options_and_runs_what_they_became()
    {
        Need.Programs("bash", "script");
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.At("bin"));
        var bash = await WeirProcess.RunAsync("completion", "bash");
        Assert.Equal(0, bash.ExitCode);
        _ = folder.File("completion", bash.Out);

        // Asked for words the program itself answers; anything else is only said.
        var own = WeirProcess.Start();
        var program = folder.File("bin/weir", $"""
            #!/bin/sh
            if [ "$1" = complete ]; then exec {own.FileName} "{own.ArgumentList[0]}" "$@"; fi
            echo "ran=$*="

            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("script", ["-q", "-c", "bash --norc --noprofile -i", "/dev/null"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{folder.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var terminal = Process.Start(start)!;
        var said = new StringBuilder();
        var reading = ReadAsync(terminal.StandardOutput, said);
        try
        {
            await SaysAsync("bash-");
            await TypeAsync($"source {folder.At("completion")}; echo sour''ced\n", "sourced");
            await TypeAsync("weir watchl\trelea\t\n", "ran=watchlist release=");
            await TypeAsync("weir case li\t--seve\thigh\n", "ran=case list --severity high=");
            await TypeAsync("weir stat\t--conf\t/dev/nu\t\n", "ran=status --config /dev/null=");
        }
        finally
        {
            terminal.Kill(entireProcessTree: true);
            await terminal.WaitForExitAsync();
            await reading;
        }

        async Task TypeAsync(string keys, string answer)
        {
            await terminal.StandardInput.WriteAsync(keys);
            await terminal.StandardInput.FlushAsync();
            await SaysAsync(answer);
        }

        Task SaysAsync(string words) => Until.IsSoAsync(
            () => Task.FromResult(Said().Contains(words, StringComparison.Ordinal)), words,
            TimeSpan.FromMilliseconds(50), Said);

        string Said()
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    private static async Task ReadAsync(StreamReader from, StringBuilder said)
    {
        var part = new char[1_024];
        for (int count; (count = await from.ReadAsync(part)) > 0;)
        {
            lock (said)
            {
                said.Append(part, 0, count);
            }
        }
    }
}
