// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>One of the four processes, as a user of its own, with what it says and what its monitor tells.</summary>
internal sealed class RunningProcess : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly StringBuilder _log = new();
    private readonly Process _process;
    private readonly Uri _monitor;

    private RunningProcess(SystemUser user, string name, string configuration, int monitor)
    {
        (Name, User) = (name, user);
        _monitor = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{monitor}/"));
        var start = user.StartWeir(name, "--config", configuration);
        foreach (var variable in Environments(name))
        {
            start.Environment[variable[..variable.IndexOf('=')]] = variable[(variable.IndexOf('=') + 1)..];
        }

        _process = Process.Start(start)
            ?? throw new InvalidOperationException("setpriv did not start");
        _process.OutputDataReceived += (_, line) => AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public SystemUser User { get; }

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

    /// <summary>Its id, and those of its children.</summary>
    public IReadOnlyList<int> Ids =>
    [
        _process.Id,
        .. Directory.GetDirectories($"/proc/{_process.Id}/task")
            .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' '))
            .Where(child => child.Length > 0).Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
    ];

    /// <summary>What the process's unit gives it.</summary>
    private static IEnumerable<string> Environments(string name)
    {
        const string Given = "Environment=";
        return File.ReadLines(Path.Combine(RepositoryRoot.Path, "dist", $"weir-{name}.service"))
            .Where(line => line.StartsWith(Given, StringComparison.Ordinal)).Select(line => line[Given.Length..]);
    }

    /// <summary>Starts it, and waits until it says that it is ready.</summary>
    public static async Task<RunningProcess> StartAsync(
        SystemUser user, string name, string configuration, int monitor)
    {
        var running = new RunningProcess(user, name, configuration, monitor);
        await running.UntilAsync("it is ready", running.IsReadyAsync);
        return running;
    }

    /// <summary>Starts one that cannot be ready, since its peers refuse it, and waits until it runs.</summary>
    public static async Task<RunningProcess> StartRefusedAsync(
        SystemUser user, string name, string configuration, int monitor)
    {
        var running = new RunningProcess(user, name, configuration, monitor);
        await running.UntilAsync("it runs", () => Task.FromResult(
            running.Log.Contains($"weir {name} has started", StringComparison.Ordinal)));
        Assert.False(await running.IsReadyAsync());
        return running;
    }

    /// <summary>Waits for something; a process that ended, or two minutes, fail the test with what it said.</summary>
    public Task UntilAsync(string what, Func<Task<bool>> isSo) => Until.IsSoAsync(
        () =>
        {
            Assert.False(_process.HasExited, $"weir {Name} ended while {what} was waited for:\n{Log}");
            return isSo();
        },
        what, TimeSpan.FromMilliseconds(100), () => Log);

    /// <summary>A metric's sum over those of its labels that hold every one of the texts.</summary>
    public async Task<double> SumAsync(string name, params string[] labels)
    {
        var page = await _http.GetStringAsync(new Uri(_monitor, "metrics"));
        return page.Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal)
                || line.StartsWith(name + " ", StringComparison.Ordinal))
            .Where(line => labels.All(label => line.Contains(label, StringComparison.Ordinal)))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>SIGTERM; gives the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL to it alone: its children have to notice by themselves.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _http.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(_monitor, "readyz"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // it does not listen yet
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
