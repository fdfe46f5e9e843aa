// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Support;

/// <summary><c>weir serve</c> as a process of its own, with its configuration, its folder and what it says.</summary>
internal sealed class RunningWeir : IAsyncDisposable
{
    /// <summary>Where a flow can be between the socket and the store.</summary>
    private static readonly string[] Counted =
        ["weir_collecting", "weir_decoding", "weir_attributing", "weir_matching", "weir_digesting", "weir_spool"];

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly StringBuilder _log = new();
    private readonly Process _process;
    private readonly Uri _web;
    private readonly string _configuration;

    private RunningWeir(ServeFixture place)
    {
        _configuration = place.Configuration;
        _web = new Uri($"http://127.0.0.1:{place.Web}/");
        _process = Process.Start(WeirProcess.Start("serve", "--config", place.Configuration))
            ?? throw new InvalidOperationException("dotnet did not start");
        _process.OutputDataReceived += (_, line) => AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

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

    /// <summary>Starts and waits until it is ready.</summary>
    public static async Task<RunningWeir> StartAsync(ServeFixture place)
    {
        var weir = new RunningWeir(place);
        await weir.UntilAsync("it is ready", async () => await weir.CodeOfAsync("readyz") == HttpStatusCode.OK);
        return weir;
    }

    /// <summary>Starts, has one of its processes killed as soon as it is there, and waits until all are ready.</summary>
    public static async Task<RunningWeir> StartKilledAsync(ServeFixture place, string process)
    {
        var weir = new RunningWeir(place);
        await weir.UntilAsync($"{process} is there", () => Task.FromResult(weir.ChildOf(process) > 0));
        await weir.KillChildAsync(process);
        return weir;
    }

    /// <summary>Starts and waits until it collects: without the vault's keys it is not ready.</summary>
    public static async Task<RunningWeir> StartWithoutKeysAsync(ServeFixture place)
    {
        var weir = new RunningWeir(place);
        await weir.UntilAsync("it collects", () =>
            Task.FromResult(weir.Log.Contains("weir collector has started", StringComparison.Ordinal)));
        return weir;
    }

    /// <summary>Waits for something; a program that ended, or two minutes, fail the test with what it said.</summary>
    public Task UntilAsync(string what, Func<Task<bool>> isSo, TimeSpan? pace = null) => Until.IsSoAsync(
        () =>
        {
            Assert.False(_process.HasExited, $"weir serve ended while {what} was waited for:\n{Log}");
            return isSo();
        },
        what, pace ?? TimeSpan.FromMilliseconds(200), () => Log);

    /// <summary>The metrics' values by name and labels, as they stand on the page.</summary>
    public async Task<Dictionary<string, double>> MetricsAsync()
    {
        var page = await _http.GetStringAsync(new Uri(_web, "metrics"));
        return page.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line =>
                double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    /// <summary>A metric's sum over its labels; <paramref name="label"/> picks some.</summary>
    public async Task<double> SumAsync(string name, string label = "") =>
        (await MetricsAsync())
            .Where(m => m.Key.Split('{')[0] == name && m.Key.Contains(label, StringComparison.Ordinal))
            .Sum(m => m.Value);

    /// <summary>Waits until all that was read is held by segments, the store has them, and nothing came for three
    /// seconds: what a window gives is written a moment after the window is gone.</summary>
    public async Task SettledAsync(long flows)
    {
        var (written, since) = (-1.0, Stopwatch.StartNew());
        var seen = "nothing yet";
        await Until.IsSoAsync(
            async () =>
            {
                Assert.False(_process.HasExited, $"weir serve ended before {flows} flows were in the store:\n{Log}");
                var metrics = await MetricsAsync();
                double Of(string name) => metrics[name];
                var rows = Of("weir_spool_rows_written_total");
                var isIn = Of("weir_digesting_flows_total") >= flows
                    && Of("weir_digesting_pairs_held") == 0
                    && Of("weir_spool_segments_waiting") == 0
                    && Of("weir_spool_rows_loaded_total") + Of("weir_spool_rows_already_there_total") >= rows
                    && metrics.GetValueOrDefault("weir_matching_windows_waiting") == 0;
                if (!isIn || rows != written)
                {
                    written = isIn ? rows : -1;
                    since.Restart();
                }

                seen = string.Join('\n', metrics.Where(m => m.Value != 0 && Counted.Any(m.Key.StartsWith)));
                return isIn && since.Elapsed > TimeSpan.FromSeconds(3);
            },
            $"{flows} flows are in the store", TimeSpan.FromMilliseconds(200), () => $"{seen}\n{Log}");
    }

    public async Task<JsonElement> HealthAsync() => JsonDocument.Parse(
        await (await _http.GetAsync(new Uri(_web, "healthz"))).Content.ReadAsStringAsync()).RootElement;

    /// <summary>SIGHUP, to the program alone.</summary>
    public Task HangUpAsync() => SignalAsync("-HUP");

    /// <summary>SIGTERM; gives the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("-TERM");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL, to one of its processes; comes back when all are ready again.</summary>
    public async Task KillChildAsync(string process)
    {
        using (var child = Process.GetProcessById(ChildOf(process)))
        {
            child.Kill();
            await child.WaitForExitAsync();
        }

        await UntilAsync($"{process} is ready again", async () =>
            ChildOf(process) > 0 && await CodeOfAsync("readyz") == HttpStatusCode.OK);
    }

    /// <summary>SIGKILL, to the program alone: its children have to notice by themselves.</summary>
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

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Number of the process that runs a command under this one; 0 while there is none.</summary>
    /// <summary>The number of one of its processes; 0 where it is not there.</summary>
    public int ChildOf(string process) => Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName).Where(name => name is not null && char.IsAsciiDigit(name[0]))
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
        .FirstOrDefault(id => IsChild(id, process));

    private bool IsChild(int id, string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline")
                .Contains($"\0{process}\0--config\0{_configuration}\0--supervised", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false; // it ended while it was looked at
        }
    }

    private async Task<HttpStatusCode> CodeOfAsync(string path)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(_web, path));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return HttpStatusCode.ServiceUnavailable; // it does not listen yet
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
