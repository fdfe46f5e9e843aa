// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Collecting.Sockets;

/// <summary>
/// One receiving thread with one socket per listening address. It hands datagrams on by plain calls and allocates
/// nothing for them. Stopping is prompt: it never waits longer than <see cref="Tick"/>.
/// </summary>
public sealed class UdpLane : IDisposable
{
    private readonly UdpSocket[] _sockets;
    private readonly UdpOptions _options;
    private readonly IntakeGate _gate;
    private readonly TimeProvider _time;
    private long _cpuTicks;
    private long _restedTicks;

    internal UdpLane(int number, UdpSocket[] sockets, UdpOptions options, IntakeGate gate, TimeProvider time) =>
        (Number, _sockets, _options, _gate, _time, IsBatched) =
            (number, sockets, options, gate, time, options.Batched && BatchedReceiver.IsThere());

    /// <summary>Longest wait for a datagram.</summary>
    public static TimeSpan Tick { get; } = TimeSpan.FromMilliseconds(100);

    public int Number { get; }

    public IReadOnlyList<UdpSocket> Sockets => _sockets;

    /// <summary>Whether many datagrams are taken by one call.</summary>
    public bool IsBatched { get; }

    /// <summary>Processor time the lane's thread has used, the steps behind it included; fresh to one
    /// <see cref="Tick"/> or so.</summary>
    public TimeSpan CpuTime => TimeSpan.FromTicks(Volatile.Read(ref _cpuTicks));

    /// <summary>How long the gate kept this lane from reading.</summary>
    public TimeSpan Rested => TimeSpan.FromTicks(Volatile.Read(ref _restedTicks));

    /// <summary>Receives until cancelled, on a thread of its own. The task ends in a fault when the taker
    /// or a socket fails.</summary>
    public Task RunAsync<TTaker>(TTaker taker, CancellationToken cancel)
        where TTaker : struct, IDatagramBatchHandler
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Run(ref taker, cancel);
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        })
        { Name = $"weir-lane-{Number}", IsBackground = true };
        thread.Start();
        return done.Task;
    }

    /// <summary>Receives until cancelled, in the caller's thread.</summary>
    public void Run<TTaker>(ref TTaker taker, CancellationToken cancel)
        where TTaker : struct, IDatagramBatchHandler
    {
        if (IsBatched)
        {
            using var batch = new MessageBatch(_options.BatchDatagrams, (int)_options.MaxDatagram.Octets);
            Run(new BatchedReceiver(_sockets, batch), ref taker, cancel);
        }
        else
        {
            Run(new PlainReceiver(_sockets, (int)_options.MaxDatagram.Octets), ref taker, cancel);
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private void Run<TReceiver, TTaker>(TReceiver receiver, ref TTaker taker, CancellationToken cancel)
        where TReceiver : struct, IReceiver
        where TTaker : struct, IDatagramBatchHandler
    {
        var lookedAt = _time.GetTimestamp();
        while (!cancel.IsCancellationRequested)
        {
            if (!_gate.IsOpen)
            {
                Pause();
                taker.OnBatchEnd();
                continue;
            }

            var ready = receiver.Wait(Tick);
            for (var i = 0; ready && i < _sockets.Length; i++)
            {
                if (receiver.IsReady(i))
                {
                    ReceiveBatch(ref receiver, i, ref taker);
                }
            }

            taker.OnBatchEnd();
            if (_time.GetElapsedTime(lookedAt) >= Tick)
            {
                lookedAt = _time.GetTimestamp();
                Volatile.Write(ref _cpuTicks, NativeMethods.ThreadTime().Ticks);
            }
        }

        Volatile.Write(ref _cpuTicks, NativeMethods.ThreadTime().Ticks);
    }

    private void Pause()
    {
        var since = _time.GetTimestamp();
        _ = _gate.Wait(Tick);
        Volatile.Write(ref _restedTicks, _restedTicks + _time.GetElapsedTime(since).Ticks);
    }

    private void ReceiveBatch<TReceiver, TTaker>(ref TReceiver receiver, int index, ref TTaker taker)
        where TReceiver : struct, IReceiver
        where TTaker : struct, IDatagramBatchHandler
    {
        var count = receiver.Receive(index);
        if (count == 0)
        {
            return;
        }

        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var octets = 0L;
        var truncated = 0;
        for (var i = 0; i < count; i++)
        {
            var payload = receiver.Payload(i);
            var exporter = receiver.Exporter(i, out var port);
            var arrivedAt = receiver.ArrivedAtMs(i);
            octets += payload.Length;
            truncated += receiver.IsTruncated(i) ? 1 : 0;
            taker.OnDatagram(payload, exporter, port, arrivedAt == 0 ? now : arrivedAt);
        }

        _sockets[index].Count(count, octets, truncated);
        receiver.Release(count);
    }
}
