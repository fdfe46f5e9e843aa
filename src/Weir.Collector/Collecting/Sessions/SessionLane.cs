// SPDX-License-Identifier: Apache-2.0
//
// The thread that takes what all connections of one transport bring, one after the other: each has at most one turn
// waiting, so the queue is as long as there are connections, and none takes another's turn.
using System.Collections.Concurrent;

namespace Weir.Collector.Collecting.Sessions;

/// <summary>One thread, and the sessions whose turn it is.</summary>
/// <param name="transport">What it takes.</param>
/// <param name="gate">Stops it while the intake is stopped.</param>
internal sealed class SessionLane(ExportTransport transport, IntakeGate gate) : IDisposable
{
    private const int Batch = 64;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly BlockingCollection<(Session Session, TaskCompletionSource? Ended)> _turns = [];
    private volatile bool _isEnding;

    public ExportTransport Transport => transport;

    /// <summary>Runs until cancelled, on a thread of its own. The task ends in a fault when the handler fails.</summary>
    public Task RunAsync<THandler>(THandler handler, CancellationToken cancel)
        where THandler : struct, ISessionHandler
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            Exception? failure = null;
            try
            {
                Run(ref handler, cancel);
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }

            End(); // before it is told: whoever waits may dispose of the lane
            if (failure is null)
            {
                done.SetResult();
            }
            else
            {
                done.SetException(failure);
            }
        })
        { Name = $"weir-{transport}".ToLowerInvariant(), IsBackground = true };
        thread.Start();
        return done.Task;
    }

    /// <summary>A session's turn; false where the lane is over.</summary>
    public bool TryGive(Session session) => TryAdd((session, null));

    /// <summary>Has a session that is over forgotten.</summary>
    public Task EndAsync(Session session)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return TryAdd((session, ended)) ? ended.Task : Task.CompletedTask;
    }

    /// <summary>Waits for the gate no more: sessions that are cut have their turn, in which nothing is taken.</summary>
    public void PassGate() => _isEnding = true;

    public void Dispose() => _turns.Dispose();

    private void Run<THandler>(ref THandler handler, CancellationToken cancel)
        where THandler : struct, ISessionHandler
    {
        var scratch = new byte[SessionFraming.Longest];
        while (!cancel.IsCancellationRequested)
        {
            if (IsShut)
            {
                _ = gate.Wait(Tick);
            }
            else
            {
                var wait = Tick;
                for (var i = 0; i < Batch && _turns.TryTake(out var turn, wait); i++)
                {
                    AwaitGate(ref handler, cancel);
                    Take(ref handler, turn, scratch);
                    wait = TimeSpan.Zero;
                }
            }

            handler.OnBatchEnd();
        }
    }

    private bool IsShut => !gate.IsOpen && !_isEnding;

    /// <summary>A turn that came while the intake was being stopped waits until it goes on.</summary>
    private void AwaitGate<THandler>(ref THandler handler, CancellationToken cancel)
        where THandler : struct, ISessionHandler
    {
        while (IsShut && !cancel.IsCancellationRequested)
        {
            _ = gate.Wait(Tick);
            handler.OnBatchEnd();
        }
    }

    private static void Take<THandler>(
        ref THandler handler, in (Session Session, TaskCompletionSource? Ended) turn, byte[] scratch)
        where THandler : struct, ISessionHandler
    {
        if (turn.Ended is { } ended)
        {
            try
            {
                handler.OnSessionEnd(turn.Session.Exporter, turn.Session.Id);
            }
            finally
            {
                ended.SetResult();
            }
        }
        else
        {
            turn.Session.Drain(ref handler, scratch);
        }
    }

    private bool TryAdd((Session, TaskCompletionSource?) turn)
    {
        try
        {
            _turns.Add(turn);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // the lane is over
        }
    }

    private void End()
    {
        _turns.CompleteAdding();
        while (_turns.TryTake(out var turn))
        {
            turn.Session.GiveBack(0);
            turn.Ended?.SetResult();
        }
    }
}
