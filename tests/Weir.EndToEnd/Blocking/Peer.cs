// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Blocking;

/// <summary>A real server as a process of its own, on loopback, ended with the test.</summary>
internal class Peer(string program, params string[] arguments) : IAsyncDisposable
{
    private readonly StringBuilder _said = new();
    private Process? _process;

    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    public void Start()
    {
        var start =
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => AppendLine(line.Data);
        process.ErrorDataReceived += (_, line) => AppendLine(line.Data);
        Assert.True(process.Start());
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            if (!process.HasExited)
            {
                process.Kill();
            }

            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    /// <summary>What a program answers on its standard output, whatever its exit code.</summary>
    public static async Task<string> QueryAsync(string program, params string[] arguments)
    {
        var start =
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output + await error;
    }

    /// <summary>Asks again and again until the answer is right.</summary>
    public static async Task<string> UntilAsync(
        string what, Func<Task<string>> ask, Func<string, bool> right, int seconds = 60)
    {
        var (answer, from) = ("", TimeProvider.System.GetTimestamp());
        await Until.IsSoAsync(
            async () =>
            {
                answer = await ask();
                var isRight = right(answer);
                Assert.True(
                    isRight || TimeProvider.System.GetElapsedTime(from) < TimeSpan.FromSeconds(seconds),
                    $"{what} did not come within {seconds} s; the last answer: {answer}");
                return isRight;
            },
            what, TimeSpan.FromMilliseconds(200), () => answer);
        return answer;
    }

    private void AppendLine(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }
    }
}
