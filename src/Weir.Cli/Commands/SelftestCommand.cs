// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.SelfTesting;

namespace Weir.Cli.Commands;

/// <summary><c>weir selftest</c>: a line a check, then passed/expected. Exit 0 only where all passed.</summary>
internal static class SelftestCommand
{
    public static Command Create()
    {
        var rules = new Option<bool>("--rules") { Description = "Play the worked examples of the rules. Not in this version." };
        var command = new Command(
            "selftest",
            """
            Replay built-in labelled runs through the whole program and check what it finds; the last line is passed/expected.

            Example: weir selftest
            """) { rules };
        command.SetAction((parsed, cancel) => parsed.GetValue(rules)
            ? throw new OperatorException("--rules is not there yet: the rules' worked examples come with cases and blocking; run weir selftest without it")
            : RunAsync(parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    private static async Task<int> RunAsync(TextWriter output, CancellationToken cancel)
    {
        using var test = new SelfTest(TimeProvider.System);
        return await TellAsync(test.RunAsync(cancel), output);
    }

    internal static async Task<int> TellAsync(IAsyncEnumerable<SelfTestCheck> checks, TextWriter output)
    {
        var (passed, expected) = (0, 0);
        await foreach (var check in checks)
        {
            expected++;
            passed += check.Passed ? 1 : 0;
            await output.WriteLineAsync(check.Passed ? $"ok   {check.Name}" : $"FAIL {check.Name}: {check.Seen}");
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{passed}/{expected}"));
        return passed == expected && expected > 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
