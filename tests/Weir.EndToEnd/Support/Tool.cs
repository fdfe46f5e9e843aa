// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Weir.EndToEnd.Support;

/// <summary>A program of the system.</summary>
internal static class Tool
{
    /// <summary>Runs it to its end, which must be a good one.</summary>
    public static async Task RunAsync(string name, params string[] arguments)
    {
        var start =
            new ProcessStartInfo(name, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{name}: {error}{await output}");
    }
}
