// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Weir.EndToEnd.Support;

/// <summary>A program of the system.</summary>
internal static class Tool
{
    /// <summary>Whether it is installed; says so aloud where it is not.</summary>
    public static bool IsThere(string name)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':').Concat(["/usr/sbin", "/sbin"]).Any(folder => File.Exists(Path.Combine(folder, name)));
        if (!found)
        {
            Console.WriteLine($"SKIPPED: {name} is not installed");
        }

        return found;
    }

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
