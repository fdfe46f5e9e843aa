// SPDX-License-Identifier: Apache-2.0
//
// What must not be lost waits here until its receiver has it: appended, fsynced, delivered in order, deleted when it
// was acknowledged. It survives the death of this process at any moment; what it takes is bounded, and when it is full
// it says so. Many appends share one fsync: while the disk writes one group, the next one gathers.
//
// Two locks, never the wrong way round: the disk's around files, then the gate's around the group that gathers.
using System.Text;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Files;

namespace Weir.Hosting.Outboxes;

/// <summary>A durable, bounded queue with one receiver. Appending is safe for any thread.</summary>
public sealed class Outbox : IAsyncDisposable
{
    private readonly Lock _disk = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private readonly OutboxOptions _options;
    private readonly OutboxFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly string _place;

    private OutboxGroup _gathering = new();
    private Task _committing = Task.CompletedTask;
    private OutboxState _state;
    private long _reserved;
    private bool _isClosed;

    private Outbox(IDurableFolder folder, OutboxOptions options, TimeProvider time, ILogger log)
    {
        (_options, _time, _log, _place) = (options, time, log, folder.Place);
        _files = new OutboxFiles(folder, options);
        _state = WithFiles(new(0, 0, null, false, 0, 0, 0, 0, null, null, null));
        if (_state.TornOctets > 0)
        {
            log.TornTail(options.Name, _state.TornOctets);
        }

        if (_state.Damaged > 0)
        {
            log.OutboxDamaged(options.Name, _state.Damaged, _place);
        }

        Signal();
    }

    /// <summary>How it is doing. Cheap.</summary>
    public OutboxState State => Volatile.Read(ref _state);

    /// <summary>What it is called.</summary>
    public string Name => _options.Name;

    internal OutboxOptions Options => _options;

    /// <summary>Opens an outbox; what an earlier process left waits in it.</summary>
    /// <param name="folder">Held by this process alone, and closed by the caller after the outbox.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">For the age of items.</param>
    /// <param name="log">Takes what an operator must know.</param>
    /// <exception cref="InvalidDataException">The options cannot be; each fault is a sentence.</exception>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static Outbox Open(IDurableFolder folder, OutboxOptions options, TimeProvider time, ILogger log) =>
        options.Validate() is { Count: > 0 } faults
            ? throw new InvalidDataException(string.Join('\n', faults))
            : new(folder, options, time, log);

    /// <summary>Takes an item, unless there is no room for it.</summary>
    /// <param name="id">By which the receiver knows it again; 1 to 200 octets of UTF-8.</param>
    /// <param name="octets">Kept exactly; copied.</param>
    /// <exception cref="ArgumentException">The id is empty or too long.</exception>
    public OutboxAppend TryAppend(string id, ReadOnlySpan<byte> octets)
    {
        if (Encoding.UTF8.GetByteCount(id) is 0 or > OutboxRecord.LongestId)
        {
            throw new ArgumentException($"'{id}' is no id of an item", nameof(id));
        }

        if (octets.Length > _options.MaxItemOctets)
        {
            return new(AppendOutcome.TooLarge, Task.CompletedTask);
        }

        var length = OutboxRecord.Octets(id, octets.Length);
        Task durable;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (State.Octets + _reserved + length > _options.MaxOctets
                || _gathering.Octets + length > _options.MaxPendingOctets)
            {
                Refuse();
                return new(AppendOutcome.Full, Task.CompletedTask);
            }

            _gathering.Add(id, _time.GetUtcNow().ToUnixTimeMilliseconds(), octets);
            _reserved += length;
            durable = _gathering.Durable;
            if (!_options.CommitsInline && _committing.IsCompleted)
            {
                _committing = Task.Run(Commit);
            }
        }

        if (_options.CommitsInline)
        {
            Commit();
        }

        return new(AppendOutcome.Taken, durable);
    }

    /// <summary>Waits until everything appended is on disk or was refused by it, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            last = _committing;
        }

        await last;
        lock (_disk)
        {
            _files.Dispose();
        }
    }

    /// <summary>Waits until something waits to be delivered.</summary>
    internal async Task WaitAsync(CancellationToken cancel)
    {
        while (State.Waiting == 0)
        {
            await _arrived.WaitAsync(cancel);
        }
    }

    /// <exception cref="IOException">The disk refuses.</exception>
    internal IReadOnlyList<(OutboxItem Item, int Octets)> Read()
    {
        lock (_disk)
        {
            var batch = _files.Read();
            var before = State.Damaged;
            Publish(WithFiles);
            if (State.Damaged > before)
            {
                _log.OutboxDamaged(Name, State.Damaged - before, _place);
            }

            return batch;
        }
    }

    /// <exception cref="IOException">The disk refuses.</exception>
    internal void Acknowledge(IEnumerable<(OutboxItem Item, int Octets)> taken)
    {
        lock (_disk)
        {
            _files.Acknowledge(taken);
            Publish(state => WithFiles(state) with { DeliveryFault = null, FailingSince = null });
        }
    }

    internal void CountSetAside() => Publish(state => state with { SetAside = state.SetAside + 1 });

    internal void Failed(string fault) => Publish(state => state with
    {
        DeliveryFault = fault, FailingSince = state.FailingSince ?? _time.GetUtcNow(),
    });

    private void Commit()
    {
        while (true)
        {
            lock (_disk)
            {
                OutboxGroup group;
                lock (_gate)
                {
                    group = _gathering;
                    if (group.Count == 0)
                    {
                        _committing = Task.CompletedTask;
                        return;
                    }

                    _gathering = new();
                }

                Write(group);
            }
        }
    }

    private void Write(OutboxGroup group)
    {
        Exception? refused = null;
        try
        {
            _files.Write(group.Records, group.Count, group.OldestMs);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            refused = new IOException(
                $"the outbox {Name} in '{_place}' cannot be written: {fault.Message}; free its disk", fault);
        }

        lock (_gate)
        {
            _reserved -= group.Octets;
            if (refused is not null && State.DiskFault is null)
            {
                _log.OutboxNotWritten(Name, refused.Message);
            }

            Publish(state => WithFiles(state) with { DiskFault = refused?.Message });
        }

        group.Done(refused);
        Signal();
    }

    private void Refuse()
    {
        if (!State.IsFull)
        {
            _log.OutboxFull(Name, State.Octets, State.Waiting);
        }

        Publish(state => state with { IsFull = true, Refused = state.Refused + 1 });
    }

    /// <summary>Puts the next state in place of the last one.</summary>
    private void Publish(Func<OutboxState, OutboxState> change)
    {
        lock (_gate)
        {
            var was = _state;
            var next = change(was);
            if (was.IsFull && next.IsFull && next.Octets + _reserved <= _options.MaxOctets / 8 * 7)
            {
                next = next with { IsFull = false };
                _log.OutboxRoomAgain(Name, next.Refused);
            }

            Volatile.Write(ref _state, next);
        }
    }

    /// <summary>Only while the disk's lock is held.</summary>
    private OutboxState WithFiles(OutboxState state) => state with
    {
        Waiting = _files.Waiting,
        Octets = _files.Octets,
        Oldest = _files.OldestMs > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(_files.OldestMs) : null,
        TornOctets = _files.TornOctets,
        Damaged = _files.Damaged,
    };

    private void Signal()
    {
        if (State.Waiting > 0 && _arrived.CurrentCount == 0)
        {
            try
            {
                _arrived.Release();
            }
            catch (SemaphoreFullException)
            {
                return; // somebody else signalled
            }
        }
    }
}
