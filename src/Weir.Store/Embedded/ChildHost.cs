// SPDX-License-Identifier: Apache-2.0
//
// Keeps the embedded engine's process alive: starts it, waits until it answers, starts it again whenever it dies. Its
// thread lives as long as the child does, because the kernel ties the child to the thread that started it
// (PR_SET_PDEATHSIG), and a thread of the pool may end early.
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;
using Weir.Wire.Native;

namespace Weir.Store.Embedded;

/// <summary>Supervisor of <c>weir flowstore</c>.</summary>
public sealed class ChildHost : IEngineProcess
{
    /// <summary>A child killed from outside before its first answer is started again; one that never
    /// lives is given up.</summary>
    private const int FirstTries = 5;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);

    private readonly FlowStoreServerOptions _options;
    private readonly string[] _commandLine;
    private readonly TimeProvider _time;
    private readonly ILogger<ChildHost> _log;
    private readonly ClickHouseHttp _client;
    private readonly ManualResetEventSlim _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Process? _process;
    private Thread? _thread;
    private EngineProcessState _state;

    /// <param name="options">The child's directory, socket and limits.</param>
    /// <param name="commandLine">Program and arguments that come before the child's own: <see cref="OwnCommandLine"/>,
    /// or <c>dotnet Weir.Cli.dll flowstore</c>.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Where starts and deaths are told.</param>
    public ChildHost(FlowStoreServerOptions options, string[] commandLine, TimeProvider time, ILogger<ChildHost> log)
    {
        (_options, _commandLine, _time, _log) = (options, commandLine, time, log);
        _client = new ClickHouseHttp(StoreAddress.ForSocket(options.Socket), time);
        _state = new(false, time.GetUtcNow(), 0, 0, "");
    }

    public string Directory => _options.Directory;

    /// <summary>Path of the socket it answers on.</summary>
    public string Socket => _options.Socket;

    public EngineProcessState State => Volatile.Read(ref _state);

    /// <summary>This very program with the command <c>flowstore</c>; through <c>dotnet</c> where it
    /// runs through it.</summary>
    public static string[] OwnCommandLine()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("the program's path is not known");
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, Environment.GetCommandLineArgs()[0], "flowstore"]
            : [program, "flowstore"];
    }

    /// <summary>Starts the child and comes back when it answers.</summary>
    /// <exception cref="StoreException">It ended by itself before it ever answered; the
    /// text is what it said.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        _thread = new Thread(Supervise) { IsBackground = true, Name = "flow store supervisor" };
        _thread.Start();
        await _first.Task.WaitAsync(cancel);
    }

    public async Task StartAgainAsync(CancellationToken cancel)
    {
        var before = State.Restarts;
        lock (_gate)
        {
            _process?.Kill();
        }

        var began = _time.GetTimestamp();
        while (State is not { Running: true } state || state.Restarts == before)
        {
            if (_time.GetElapsedTime(began) > LongestStart)
            {
                throw new StoreException(
                    0, $"the flow store's process does not start: {State.LastWords}", retryable: true);
            }

            await Task.Delay(Pace, _time, cancel);
        }
    }

    /// <summary>Ends the child: its standard input is closed, and after three seconds it is killed. A socket beside its
    /// store stays until the next start; a folder made for it alone goes.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Set();
        Process? process;
        lock (_gate)
        {
            process = _process;
        }

        if (process is not null)
        {
            await EndAsync(process);
        }

        if (_thread is { } thread)
        {
            await Task.Run(thread.Join);
        }

        _client.Dispose();
        _stop.Dispose();
        if (_options.HasSocketFolder && Path.GetDirectoryName(Socket) is { } folder
            && System.IO.Directory.Exists(folder))
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    private void Supervise()
    {
        var pause = FirstPause;
        for (var starts = 0; !_stop.IsSet; starts++)
        {
            var began = _time.GetTimestamp();
            var exit = RunOnce(starts);
            if (_stop.IsSet)
            {
                break;
            }

            Change(state => state with { Running = false, Since = _time.GetUtcNow(), ProcessId = 0 });
            if (!_first.Task.IsCompleted && (exit is 1 or 2 || starts + 1 == FirstTries))
            {
                var words = State.LastWords.Length > 0 ? State.LastWords : "it said nothing";
                _first.TrySetException(new StoreException(
                    0,
                    FormattableString.Invariant(
                        $"the flow store's process ended with code {exit} before it ever answered: {words}"),
                    retryable: false));
                break;
            }

            _log.StoreDied(exit, pause.TotalMilliseconds);
            pause = _time.GetElapsedTime(began) > Settled ? FirstPause : pause;
            _stop.Wait(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        _first.TrySetCanceled();
    }

    private int RunOnce(int starts)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(_commandLine[0], [.. _commandLine[1..], .. _options.ToArguments()])
            {
                RedirectStandardInput = true,
                RedirectStandardError = true
            }
        };
        process.ErrorDataReceived += (_, line) => RecordOutput(line.Data);
        lock (_gate)
        {
            if (_stop.IsSet)
            {
                return 0;
            }

            process.Start();
            _process = process;
        }

        process.BeginErrorReadLine();
        Change(state => state with { Restarts = starts, ProcessId = process.Id });
        AwaitAnswer(process);
        process.WaitForExit();
        lock (_gate)
        {
            _process = null;
        }

        return process.ExitCode;
    }

    /// <summary>Comes back when the child answers or has ended; one that does neither in two
    /// minutes is killed.</summary>
    private void AwaitAnswer(Process process)
    {
        var began = _time.GetTimestamp();
        while (!process.WaitForExit(20) && !_stop.IsSet)
        {
            if (File.Exists(_options.Socket) && _client.PingAsync(CancellationToken.None).GetAwaiter().GetResult())
            {
                Change(state => state with { Running = true, Since = _time.GetUtcNow() });
                _log.StoreRuns(process.Id);
                _first.TrySetResult();
                return;
            }

            if (_time.GetElapsedTime(began) > LongestStart)
            {
                process.Kill();
            }
        }
    }

    /// <summary>A line of the engine's stack, <c>3. DB::…</c>, which says nothing to an operator beside the sentence
    /// above it.</summary>
    internal static bool IsFrame(string line)
    {
        var digits = line.AsSpan().TrimStart().IndexOfAnyExceptInRange('0', '9');
        return digits > 0 && line.AsSpan().TrimStart()[digits..].StartsWith(". ", StringComparison.Ordinal);
    }

    private void RecordOutput(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line) && !IsFrame(line))
        {
            Change(state => state with { LastWords = line });
            _log.StoreSaid(line);
        }
    }

    private void Change(Func<EngineProcessState, EngineProcessState> change)
    {
        lock (_gate)
        {
            Volatile.Write(ref _state, change(_state));
        }
    }

    private static async Task EndAsync(Process process)
    {
        try
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended on its own in between and its handle is gone: that is what was wanted.
            return;
        }
    }
}
