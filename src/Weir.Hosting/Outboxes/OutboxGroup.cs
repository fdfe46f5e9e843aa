// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Weir.Hosting.Outboxes;

/// <summary>Items that share one write.</summary>
internal sealed class OutboxGroup
{
    private readonly ArrayBufferWriter<byte> _records = new();
    private readonly TaskCompletionSource _durable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count { get; private set; }

    public int Octets => _records.WrittenCount;

    public long OldestMs { get; private set; }

    public ReadOnlySpan<byte> Records => _records.WrittenSpan;

    public Task Durable => _durable.Task;

    public void Add(string id, long atMs, ReadOnlySpan<byte> octets)
    {
        OldestMs = Count++ == 0 ? atMs : OldestMs;
        OutboxRecord.Write(_records, id, atMs, octets);
    }

    public void Done(Exception? refused)
    {
        if (refused is null)
        {
            _durable.SetResult();
            return;
        }

        _durable.SetException(refused);
        _ = _durable.Task.Exception; // whoever does not wait for it has said so
    }
}
