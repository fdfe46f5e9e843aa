// SPDX-License-Identifier: Apache-2.0
//
// Ctrl-C and SIGTERM, the same for every command that works on: it is told to stop, has a time for it, and says in one
// line that it was interrupted. A second signal ends it at once, as it would any program.
using System.Runtime.InteropServices;

namespace Weir.Cli.Entry;

/// <summary>Takes both signals while it lives.</summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>What a shell shows of who was ended by SIGINT.</summary>
    public const int ByInterrupt = 130;

    /// <summary>What a shell shows of who was ended by SIGTERM.</summary>
    public const int ByTermination = 143;

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _overdue = new();
    private readonly TimeSpan _patience;
    private readonly PosixSignalRegistration[] _signals;
    private int _code;

    /// <param name="patience">So long it may take to stop.</param>
    public Interruption(TimeSpan patience)
    {
        _patience = patience;
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = Take(ByInterrupt)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = Take(ByTermination)),
        ];
    }

    /// <summary>Runs to its end, or until it was told to stop and has stopped.</summary>
    /// <param name="run">What runs; it throws where it stops before its end.</param>
    /// <param name="error">Where the one line is written.</param>
    /// <returns>What it ended with, or the code of the signal.</returns>
    public async Task<int> RunAsync(Func<CancellationToken, Task<int>> run, TextWriter error)
    {
        try
        {
            return await Task.Run(() => run(_stop.Token)).WaitAsync(_overdue.Token);
        }
        catch (OperationCanceledException) when (_code != 0)
        {
            await error.WriteLineAsync(
                $"weir: ended by {(_code == ByInterrupt ? "SIGINT" : "SIGTERM")} before it was done");
            return _code;
        }
    }

    /// <summary>A signal came.</summary>
    /// <returns>Whether it is the first; the next one ends the program.</returns>
    internal bool Take(int code)
    {
        if (Interlocked.CompareExchange(ref _code, code, 0) != 0)
        {
            return false;
        }

        _overdue.CancelAfter(_patience);
        _stop.Cancel();
        return true;
    }

    public void Dispose()
    {
        Array.ForEach(_signals, signal => signal.Dispose());
        _stop.Dispose();
        _overdue.Dispose();
    }
}
