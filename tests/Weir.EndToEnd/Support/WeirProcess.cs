// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;

namespace Weir.EndToEnd.Support;

/// <summary>What a run of the program printed and how it ended.</summary>
internal sealed record WeirResult(int ExitCode, string Out, string Error);

/// <summary>The program itself, as a process of its own.</summary>
internal static class WeirProcess
{
    /// <summary>The program that is tried: the published one in the folder that WEIR_PROGRAM names, as <c>make test</c>
    /// does, else the one that was built with these tests.</summary>
    public static readonly string Program = Path.Combine(
        Environment.GetEnvironmentVariable("WEIR_PROGRAM") ?? AppContext.BaseDirectory, "Weir.Cli.dll");

    public static ProcessStartInfo Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false
        };
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    public static Task<WeirResult> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <param name="environment">Beside what this process has.</param>
    /// <param name="arguments">Of the program.</param>
    /// <param name="started">Told the number of the process.</param>
    /// <param name="patience">How long it may take; five minutes unless given.</param>
    public static async Task<WeirResult> RunAsync(
        (string Name, string Value)[] environment, string[] arguments, Action<int>? started = null,
        TimeSpan? patience = null)
    {
        using var cancel = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(5));
        var start = Start(arguments);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)
            ?? throw new InvalidOperationException("dotnet did not start");
        process.StandardInput.Close();
        started?.Invoke(process.Id);
        var output = process.StandardOutput.ReadToEndAsync(cancel.Token);
        var error = process.StandardError.ReadToEndAsync(cancel.Token);
        try
        {
            await process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                new StringBuilder("weir did not end in time: ").AppendJoin(' ', arguments).ToString());
        }

        return new WeirResult(process.ExitCode, await output, await error);
    }
}
