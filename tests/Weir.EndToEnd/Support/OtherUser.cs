// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Support;

/// <summary>The program run as another user of the system, where we may become one.</summary>
internal static class OtherUser
{
    private const string NoGroup = "65534";

    /// <summary>What it said.</summary>
    public static async Task<WeirResult> RunAsync(string user, params string[] arguments)
    {
        Need.OtherUsers();
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
