// SPDX-License-Identifier: Apache-2.0
//
// One child of weir serve: started, watched, started again when it ends by itself, and stopped within its bound.
using System.Diagnostics;
using System.Globalization;
using Weir.Hosting.Posix;

namespace Weir.Cli.Processes;

/// <summary>How a child is run.</summary>
/// <param name="Name">Its process's name, and its command's.</param>
/// <param name="Configuration">Full path of the configuration file.</param>
/// <param name="StopPatience">How long it may take to stop.</param>
internal sealed record SupervisedOptions(string Name, string Configuration, TimeSpan StopPatience);

/// <summary>A child. The constructor is inert.</summary>
internal sealed class SupervisedProcess(SupervisedOptions options, TimeProvider time, ILogger<SupervisedProcess> log)
    : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>One that ran for so long had begun its work: it is started again at once.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    /// <summary>What a shell and the runtime add to the number of the signal that ended a process.</summary>
    private const int BySignal = 128;

    /// <summary>One that was killed while it started did not refuse to: it is tried so often.</summary>
    private const int KilledTries = 3;

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<int> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Process? _process;
    private bool _wasReady;
    private int _restarts;

    public string Name => options.Name;

    /// <summary>Times it was started again.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    /// <summary>Its exit code, when it ended by itself before it was ever ready: it is not started again then.</summary>
    public Task<int> Refused => _refused.Task;

    /// <summary>It has been ready: from now on it is started again when it ends.</summary>
    public void WasReady() => Volatile.Write(ref _wasReady, true);

    /// <summary>Runs it until <see cref="StopAsync"/>.</summary>
    public async Task RunAsync()
    {
        var wait = FirstWait;
        while (true)
        {
            var started = time.GetTimestamp();
            var code = await RunOnceAsync();
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            if (!Volatile.Read(ref _wasReady) && (code < BySignal || Restarts >= KilledTries))
            {
                _refused.TrySetResult(code);
                return;
            }

            wait = time.GetElapsedTime(started) > Settled ? FirstWait
                : wait + wait < LongestWait ? wait + wait : LongestWait;
            log.ChildEnded(Name, code, wait.TotalSeconds);
            Interlocked.Increment(ref _restarts);
            await Task.WhenAny(Task.Delay(wait, time, _stopping.Token));
            if (_stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Has it read the configuration again.</summary>
    /// <returns>False where it is not running.</returns>
    public bool TryReload()
    {
        lock (_gate)
        {
            return _process is { HasExited: false } running && OwnProcess.TryReload(running.Id, out _);
        }
    }

    /// <summary>Has it stop: asked first, killed where it does not.</summary>
    public async Task StopAsync()
    {
        Process? running;
        lock (_gate)
        {
            _stopping.Cancel();
            running = _process;
        }

        if (running is null || running.HasExited)
        {
            return;
        }

        OwnProcess.Terminate(running.Id);
        var late = Task.Delay(options.StopPatience, time);
        if (await Task.WhenAny(running.WaitForExitAsync(), late) == late)
        {
            log.ChildKilled(Name, options.StopPatience.TotalSeconds);
            running.Kill(entireProcessTree: true);
            await running.WaitForExitAsync();
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        _stopping.Dispose();
    }

    private async Task<int> RunOnceAsync()
    {
        Process started;
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return 0;
            }

            started = Process.Start(StartInfo())
                ?? throw new InvalidOperationException($"weir {Name} did not start");
            _process?.Dispose();
            _process = started;
        }

        await started.WaitForExitAsync();
        return started.ExitCode;
    }

    /// <summary>The same program, with a pipe for its standard input that tells it when this process is gone.</summary>
    private ProcessStartInfo StartInfo()
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true };
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // nobody has the runtime write its memory down
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(SupervisedProcess).Assembly.Location);
        }

        foreach (var word in (string[])[Name, "--config", options.Configuration, "--supervised"])
        {
            start.ArgumentList.Add(word);
        }

        return start;
    }

    /// <summary>Names it in a debugger.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}, {Restarts} restarts");
}
