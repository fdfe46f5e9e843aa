// SPDX-License-Identifier: Apache-2.0
//
// Takes what waits in an outbox to its receiver, in order and at least once. While deliveries fail the same items come
// again, after a wait that doubles.
using Microsoft.Extensions.Logging;
using Weir.Hosting.Files;

namespace Weir.Hosting.Outboxes;

/// <summary>The one deliverer of an outbox.</summary>
public sealed class OutboxPump
{
    private const string AsideName = "refused";
    private const long MaxAsideOctets = 16 << 20;

    private readonly Outbox _outbox;
    private readonly Deliver _deliver;
    private readonly IDurableFolder _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    private TimeSpan _wait;

    /// <param name="outbox">Where items wait.</param>
    /// <param name="folder">The outbox's folder; what is refused for good goes into its file <c>refused</c>.</param>
    /// <param name="deliver">Hands a batch to the receiver.</param>
    /// <param name="time">For the waits.</param>
    /// <param name="log">Takes a line when deliveries begin to fail, and when they succeed again.</param>
    public OutboxPump(Outbox outbox, IDurableFolder folder, Deliver deliver, TimeProvider time, ILogger log) =>
        (_outbox, _folder, _deliver, _time, _log) = (outbox, folder, deliver, time, log);

    /// <summary>Delivers until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                await _outbox.WaitAsync(cancel);
                if (!await StepAsync(cancel))
                {
                    await Task.Delay(_wait, _time, cancel);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Delivers one batch, where something waits.</summary>
    /// <returns>False where nothing was delivered.</returns>
    public async Task<bool> StepAsync(CancellationToken cancel)
    {
        try
        {
            var batch = _outbox.Read();
            if (batch.Count == 0)
            {
                return false;
            }

            var delivered = await _deliver([.. batch.Select(one => one.Item)], cancel);
            var taken = Math.Clamp(delivered.Taken, 0, batch.Count);
            if (delivered.Refusal is { } reason && taken < batch.Count)
            {
                SetAside(batch[taken].Item, reason);
                taken++;
            }

            if (taken == 0)
            {
                Failed("the receiver took nothing");
                return false;
            }

            Succeeded();
            _outbox.Acknowledge(batch.Take(taken));
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault)
        {
            Failed(fault.Message);
            return false;
        }
    }

    private void SetAside(OutboxItem item, string reason)
    {
        using var file = _folder.OpenFile(AsideName);
        if (file.Length < MaxAsideOctets)
        {
            var record = new System.Buffers.ArrayBufferWriter<byte>();
            OutboxRecord.Write(record, item.Id, item.At.ToUnixTimeMilliseconds(), item.Octets.Span);
            file.Write(file.Length, record.WrittenSpan);
            file.Sync();
        }

        _outbox.CountSetAside();
        _log.ItemSetAside(_outbox.Name, item.Id, reason);
    }

    private void Failed(string fault)
    {
        var options = _outbox.Options;
        if (_outbox.State.FailingSince is null)
        {
            _log.DeliveryFails(_outbox.Name, fault);
        }

        _wait = _wait == TimeSpan.Zero
            ? options.RetryFirst
            : TimeSpan.FromTicks(Math.Min(_wait.Ticks * 2, options.RetryLongest.Ticks));
        _outbox.Failed(fault);
    }

    private void Succeeded()
    {
        _wait = TimeSpan.Zero;
        if (_outbox.State.FailingSince is { } since)
        {
            var away = _time.GetUtcNow() - since;
            _log.DeliversAgain(_outbox.Name, away);
        }
    }
}
