// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Weir.Tests.Hosting.Peers;

/// <summary>Other programs, and other users where the tests run as root.</summary>
internal static class Programs
{
    public const string Stranger = "65534";

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true,
            RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    /// <summary>curl to a socket's route: exit code, and the answer with its status on the last line.</summary>
    public static Task<(int Code, string Output)> CurlAsync(string socket, string path, params string[] more) =>
        RunAsync("curl", Curl(socket, path, more));

    /// <summary>The same as the user nobody.</summary>
    public static Task<(int Code, string Output)> CurlAsStrangerAsync(
        string socket, string path, params string[] more) =>
        RunAsync("setpriv",
            [$"--reuid={Stranger}", $"--regid={Stranger}", "--clear-groups", "curl", .. Curl(socket, path, more)]);

    private static string[] Curl(string socket, string path, string[] more) =>
        ["-s", "--max-time", "20", "-w", "\n%{http_code} %{http_version}", "--unix-socket", socket, .. more,
            $"http://desk/{path}"];
}
