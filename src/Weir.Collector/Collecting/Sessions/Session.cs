// SPDX-License-Identifier: Apache-2.0
//
// One connection, which is one transport session (RFC 7011 §2). It reads what came, has its lane take the messages that
// are whole, and reads on when they are taken: a sender that is faster than the lane waits, as TCP has it, and nobody
// has more in memory than a buffer.
using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Weir.Wire;

namespace Weir.Collector.Collecting.Sessions;

/// <summary>A connection of an exporter.</summary>
/// <param name="id">Its number, no other open one's.</param>
/// <param name="exporter">Who opened it.</param>
/// <param name="connection">Its two ends.</param>
/// <param name="counts">Of the listener.</param>
/// <param name="time">Our clock.</param>
internal sealed class Session(
    ushort id, IpKey exporter, ConnectionContext connection, SessionCounts counts, TimeProvider time)
{
    private string? _why;
    private long _heardAt = time.GetTimestamp();
    private long _begunAt;
    private bool _hasSpoken;
    private bool _waitsForUs;

    private ReadOnlySequence<byte> _whole;
    private TaskCompletionSource<long>? _taken;

    public ushort Id => id;

    public IpKey Exporter => exporter;

    public SessionCounts Counts => counts;

    /// <summary>Why it was cut; null while nobody cut it.</summary>
    public string? Why => Volatile.Read(ref _why);

    /// <summary>Whether it got as far as its first octet may be read: behind the handshake.</summary>
    public bool IsServed { get; set; }

    /// <summary>SHA-256 of the key that its certificate has; null without one.</summary>
    public string? KeyPrint { get; set; }

    /// <summary>How long nothing has come; while its messages wait for the lane nothing is read, so nothing counts.
    /// </summary>
    public TimeSpan Silence =>
        Volatile.Read(ref _waitsForUs) ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <summary>Ends it; the first reason counts.</summary>
    public void Cut(string why)
    {
        if (Interlocked.CompareExchange(ref _why, why, null) is null)
        {
            connection.Abort(new ConnectionAbortedException(why));
        }
    }

    /// <summary>Cuts it where it keeps us waiting for too long.</summary>
    public void Judge(SessionOptions options)
    {
        var begun = Volatile.Read(ref _begunAt);
        var why = begun != 0 && time.GetElapsedTime(begun) >= options.MessageTime ? "slow"
            : IsServed && !Volatile.Read(ref _hasSpoken) && Silence >= options.FirstTime ? "silent"
            : IsServed && Silence >= options.IdleTime ? "idle"
            : null;
        if (why is not null)
        {
            Cut(why);
        }
    }

    /// <summary>Reads until either side ends it.</summary>
    public async Task ReadAsync(PipeReader input, SessionLane lane)
    {
        var unread = 0L;
        try
        {
            while (Why is null)
            {
                var read = await input.ReadAsync();
                var buffer = read.Buffer;
                Note(buffer.Length - unread);
                unread = buffer.Length;
                var whole = SessionFraming.WholeOf(buffer, out var fault);
                var taken = whole > 0 ? await TakeAsync(buffer.Slice(0, whole), lane) : 0;
                unread -= taken;
                input.AdvanceTo(buffer.GetPosition(taken), buffer.End);
                Volatile.Write(
                    ref _begunAt,
                    unread == 0 ? 0 : Volatile.Read(ref _begunAt) is not 0 and var begun ? begun : time.GetTimestamp());
                if (fault is not null)
                {
                    Cut(fault);
                }

                if (taken < whole)
                {
                    Cut("stopped"); // where nothing else is why: the lane is over
                }

                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The other side left, or it was cut: what was begun is counted below.
            _ = Interlocked.CompareExchange(ref _why, "reset", null);
        }
        finally
        {
            counts.Lose(unread);
            _ = Interlocked.CompareExchange(ref _why, unread > 0 ? "cut-short" : "closed", null);
        }
    }

    /// <summary>On the lane's thread: hands on the messages that are whole.</summary>
    /// <param name="handler">Takes them.</param>
    /// <param name="scratch">Room for the longest message.</param>
    public void Drain<THandler>(ref THandler handler, byte[] scratch)
        where THandler : struct, ISessionHandler
    {
        var (rest, taken) = (_whole, 0L);
        try
        {
            while (Why is null && SessionFraming.LengthOf(rest, out _) is > 0 and var length)
            {
                var message = rest.Slice(0, length);
                var octets = message.IsSingleSegment ? message.FirstSpan : Copy(message, scratch);
                var fault = handler.OnMessage(octets, exporter, id, time.GetUtcNow().ToUnixTimeMilliseconds());
                counts.Handle(length);
                taken += length;
                rest = rest.Slice(length);
                if (fault is not null)
                {
                    Cut(fault);
                }
            }
        }
        finally
        {
            GiveBack(taken);
        }
    }

    /// <summary>The lane is over: nothing is taken any more.</summary>
    public void GiveBack(long taken)
    {
        _whole = default;
        _taken?.TrySetResult(taken);
    }

    private void Note(long octets)
    {
        if (octets > 0)
        {
            counts.Take(octets);
            Volatile.Write(ref _heardAt, time.GetTimestamp());
            Volatile.Write(ref _hasSpoken, true);
        }
    }

    /// <summary>While the lane has what is whole, the sender keeps nobody waiting.</summary>
    private async Task<long> TakeAsync(ReadOnlySequence<byte> whole, SessionLane lane)
    {
        Volatile.Write(ref _begunAt, 0);
        Volatile.Write(ref _waitsForUs, true);
        (_whole, _taken) = (whole, new(TaskCreationOptions.RunContinuationsAsynchronously));
        var taken = lane.TryGive(this) ? await _taken.Task : 0;
        Volatile.Write(ref _heardAt, time.GetTimestamp());
        Volatile.Write(ref _waitsForUs, false);
        return taken;
    }

    private static ReadOnlySpan<byte> Copy(in ReadOnlySequence<byte> message, byte[] scratch)
    {
        message.CopyTo(scratch);
        return scratch.AsSpan(0, (int)message.Length);
    }
}
