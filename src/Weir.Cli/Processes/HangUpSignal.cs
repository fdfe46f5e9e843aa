// SPDX-License-Identifier: Apache-2.0
//
// SIGHUP: it never ends a process, and has the configuration read again. One that comes while something is read is
// remembered, and one reading answers several.
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Weir.Cli.Processes;

/// <summary>Takes the signal from its making on.</summary>
internal sealed class HangUpSignal : IDisposable
{
    private readonly Channel<bool> _heard = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly PosixSignalRegistration _taken;

    public HangUpSignal() => _taken = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        signal.Cancel = true;
        _heard.Writer.TryWrite(true);
    });

    /// <summary>Does the work once for each signal, until cancelled.</summary>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        try
        {
            await foreach (var _ in _heard.Reader.ReadAllAsync(cancel))
            {
                await work(cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    public void Dispose() => _taken.Dispose();
}
