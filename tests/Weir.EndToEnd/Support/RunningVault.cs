// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Weir.Contracts.Clients;
using Weir.Tests.Support;
using Weir.Hosting.VaultClient;

namespace Weir.EndToEnd.Support;

/// <summary><c>weir vault</c> as a process of its own.</summary>
internal sealed class RunningVault : IAsyncDisposable
{
    private readonly StringBuilder _log = new();
    private readonly Process _process;

    private RunningVault(string configuration, string socket)
    {
        Callers = new VaultCallers(socket);
        _process = Process.Start(WeirProcess.Start("vault", "--config", configuration))
            ?? throw new InvalidOperationException("dotnet did not start");
        _process.OutputDataReceived += (_, line) => AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public VaultCallers Callers { get; }

    /// <summary>The vault as the desk sees it.</summary>
    public DeskVaultClient Client => Callers.Desk;

    public int ProcessId => _process.Id;

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts and waits until it answers.</summary>
    public static async Task<RunningVault> StartAsync(string configuration, string socket)
    {
        var vault = new RunningVault(configuration, socket);
        await Until.IsSoAsync(
            () =>
            {
                Assert.False(vault._process.HasExited, $"weir vault ended at its start:\n{vault.Log}");
                return vault.AnswersAsync();
            },
            "weir vault answers", told: () => vault.Log);
        return vault;
    }

    /// <summary>Waits until a sentence stands in the log: what a process writes is read beside its answers.</summary>
    public Task TellsAsync(string sentence) => Until.IsSoAsync(
        () => Task.FromResult(Log.Contains(sentence, StringComparison.Ordinal)), $"told: {sentence}", told: () => Log);

    /// <summary>SIGTERM; gives the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        Callers.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            _ = await Client.StatusAsync(default);
            return true;
        }
        catch (VaultDownException)
        {
            return false;
        }
    }

    private void AppendLine(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
