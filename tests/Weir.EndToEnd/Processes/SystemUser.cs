// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.EndToEnd.Support;
using Weir.Hosting.Posix;

namespace Weir.EndToEnd.Processes;

/// <summary>A user of this system, as whom programs are started.</summary>
/// <param name="Name">Its name, and its own group's.</param>
/// <param name="Group">The one further group it is in; null for none.</param>
internal sealed record SystemUser(string Name, string? Group = null)
{
    /// <summary>Whoever runs the tests.</summary>
    public static SystemUser Own { get; } = new(OsUsers.NameOf(OsUsers.Own));

    /// <summary>A program as this user; its standard streams are the caller's to read.</summary>
    public ProcessStartInfo Start(string program, IEnumerable<string> arguments)
    {
        string[] words = this == Own ? [program] : [
            "setpriv", "--reuid", Name, "--regid", Name,
            .. Group is null ? ["--clear-groups"] : (string[])["--groups", Group], "--inh-caps=-all", "--no-new-privs",
            "--", program,
        ];
        var start = new ProcessStartInfo(words[0])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var word in words.Skip(1).Concat(arguments))
        {
            start.ArgumentList.Add(word);
        }

        start.Environment["HOME"] = "/tmp";
        return start;
    }

    /// <summary>The program of this project as this user.</summary>
    public ProcessStartInfo StartWeir(params string[] arguments)
    {
        var weir = WeirProcess.Start(arguments);
        return Start(weir.FileName, weir.ArgumentList);
    }

    public Task<WeirResult> RunAsync(string program, params string[] arguments) => RunAsync(Start(program, arguments));

    public Task<WeirResult> RunWeirAsync(params string[] arguments) => RunAsync(StartWeir(arguments));

    private static async Task<WeirResult> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new WeirResult(process.ExitCode, await output, error);
    }
}
