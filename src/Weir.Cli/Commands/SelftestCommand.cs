// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.SelfTesting;
using Weir.Cli.SelfTesting.Attacks;
using Weir.Cli.SelfTesting.Rules;

namespace Weir.Cli.Commands;

/// <summary><c>weir selftest</c>: a line a check, then passed/expected. Exit 0 only where all passed.</summary>
internal static class SelftestCommand
{
    public static Command Create()
    {
        var rules = new Option<bool>("--rules")
        {
            Description = "Play the nineteen worked examples of the rules through lanes, counters, matcher, store, "
                + "audit, records, desk and vault, and try the attacks on them that have to be refused."
        };
        var command = new Command(
            "selftest",
            """
            Replay built-in labelled runs through the whole program and check what it finds; the last line is passed/expected.

            Example: weir selftest
            """) { rules };
        command.SetAction((parsed, cancel) => parsed.GetValue(rules)
            ? RulesAsync(parsed.InvocationConfiguration.Output, cancel)
            : RunAsync(parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    private static async Task<int> RunAsync(TextWriter output, CancellationToken cancel)
    {
        using var test = new SelfTestRunner(TimeProvider.System);
        return await WriteAsync(test.RunAsync(cancel), output);
    }

    private static async Task<int> RulesAsync(TextWriter output, CancellationToken cancel)
    {
        var (passed, expected) = (0, 0);
        await foreach (var check in new RulesSelfTest(new RulesTestSettings(), AttackTable.All).RunAsync(cancel))
        {
            expected++;
            passed += check.Passed ? 1 : 0;
            var line = string.Create(CultureInfo.InvariantCulture, $"{(check.Passed ? "ok  " : "FAIL")} "
                + $"{(check.Attacker.Length == 0 ? $"{check.Number,2} " : $"attack {check.Number}, {check.Attacker}:")} "
                + $"{check.Situation}: {string.Join(", ", check.Decisions)}");
            await output.WriteLineAsync(check.Passed ? line : $"{line}\n        {check.Seen}");
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{passed}/{expected}"));
        return passed == expected && expected > 0 ? ExitCode.Done : ExitCode.Failed;
    }

    internal static async Task<int> WriteAsync(IAsyncEnumerable<SelfTestCheck> checks, TextWriter output)
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
