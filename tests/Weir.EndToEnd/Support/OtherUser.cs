// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Weir.EndToEnd.Support;

/// <summary>The program run as another user of the system, where we may become one.</summary>
internal static class OtherUser
{
    private const string NoGroup = "65534";

    /// <summary>What it said; null, and said aloud, where this user may not become another.</summary>
    public static async Task<WeirResult?> RunAsync(string user, params string[] arguments)
    {
        if (Environment.UserName != "root" || !Tool.IsThere("setpriv"))
        {
            Console.WriteLine($"SKIPPED: only root runs the program as {user}");
            return null;
        }

        var weir = WeirProcess.Start(arguments);
        var start = new ProcessStartInfo("setpriv") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[
            "--reuid", user, "--regid", NoGroup, "--clear-groups", "--", weir.FileName, .. weir.ArgumentList])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HOME"] = "/tmp";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new WeirResult(process.ExitCode, await output, error);
    }
}
