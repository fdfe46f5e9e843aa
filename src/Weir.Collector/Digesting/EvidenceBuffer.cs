// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;

namespace Weir.Collector.Digesting;

/// <summary>Evidence on its way to the sink: one run of rows fills while the other is written beside. Waits only while
/// both are full. Filled by one thread.</summary>
internal sealed class EvidenceBuffer(IEvidenceSink sink)
{
    private const int Capacity = 8_192;

    private EvidenceRow[] _filling = new EvidenceRow[Capacity];
    private EvidenceRow[] _written = new EvidenceRow[Capacity];
    private int _count;
    private long _rows;
    private Task _writing = Task.CompletedTask;

    /// <summary>Rows the sink has.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>The next free row, to be filled whole by the caller.</summary>
    public ref EvidenceRow Next()
    {
        if (_count == Capacity)
        {
            _ = FlushBeside();
        }

        return ref _filling[_count++];
    }

    /// <summary>Has what is held written beside.</summary>
    /// <returns>Ends when all rows so far are durable in the sink.</returns>
    public Task FlushBeside()
    {
        if (_count == 0)
        {
            return _writing;
        }

        _writing.GetAwaiter().GetResult();
        (_filling, _written) = (_written, _filling);
        var (rows, count) = (_written, _count);
        _count = 0;
        return _writing = Task.Factory.StartNew(
            () => Write(rows, count), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Ends the writing under way, whatever became of it.</summary>
    public void EndWriting() => Task.WaitAny(_writing);

    private void Write(EvidenceRow[] rows, int count)
    {
        sink.Write(rows.AsSpan(0, count));
        Interlocked.Add(ref _rows, count);
    }
}
