// SPDX-License-Identifier: Apache-2.0
//
// The audit log in files. Callers queue; one task takes all that wait, writes them at once, and waits for the disk once
// for all of them (group commit). Only then do they learn their receipts, so that no act runs ahead of its entry.
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Weir.Hosting.Erasing;

namespace Weir.Hosting.Auditing;

/// <summary>See <see cref="Open"/>. Many callers at once.</summary>
public sealed class FileAuditLog : IAuditLog, IAsyncDisposable
{
    private const int MaxWaiting = 8_192;
    private const int MaxBatch = 1_024;
    private const int MaxTextLength = 16_384;

    /// <summary>So many entries at most stand behind the last head for longer than their commit.</summary>
    private const int MostUncovered = 100;

    /// <summary>And none for longer.</summary>
    private static readonly TimeSpan LongestUncovered = TimeSpan.FromSeconds(10);

    /// <summary>Who waits: for an entry, for a head that stays, or, where nobody is told, for one over the
    /// tail.</summary>
    private sealed record Waiter(AuditEntry? Entry, TaskCompletionSource<AuditReceipt>? Done);

    private readonly Channel<Waiter> _waiting = Channel.CreateBounded<Waiter>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly AuditOptions _options;
    private readonly AuditFolder _folder;
    private readonly FileStream _lock;
    private readonly AuditKey _key;
    private readonly AuditWriter _writer;
    private readonly TreeHeadExporter? _export;
    private readonly TimeProvider _time;
    private readonly ErasureClock? _erasing;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private readonly Task _signing;
    private AuditState _state;
    private TreeHead _newest;
    private string _entryFault = "";
    private string _headFault = "";
    private bool _disposed;

    private FileAuditLog(
        AuditOptions options, AuditFolder folder, FileStream held, AuditKey key, AuditTail tail,
        (TimeProvider Clock, ErasureClock? Erasing) time, ILogger log)
    {
        (_options, _folder, _lock, _key, _log) = (options, folder, held, key, log);
        (_time, _erasing) = time;
        _writer = new(folder, key, tail, _time);
        _export = options.ExportDirectory is { } export ? new(folder, export) : null;
        _state = new(0, 0, 0, 0, 0, null, tail.Sequence, "");
        try
        {
            _writer.Append([.. tail.StartEntries, Machine(AuditActions.AuditOpened, $"version={options.Version}") with
            {
                Result = options.Process,
            }]);
            _ = _writer.Sign(TreeHeadReason.Start);
        }
        catch
        {
            _writer.Dispose();
            throw;
        }

        _newest = _writer.Head!;
        log.AuditOpened(folder.Directory, tail.Sequence);
        _state = _state with
        {
            Entries = tail.StartEntries.Count + 1,
            Commits = 1,
            Heads = 1,
            LastHead = _writer.Head!.At,
            Sequence = _writer.Sequence,
            Covered = _writer.Sequence,
        };
        Export();
        _writing = Task.Run(WriteAsync);
        _signing = Task.Run(SignAsync);
    }

    public AuditState State => Volatile.Read(ref _state);

    /// <summary>Where it lies.</summary>
    public string Directory => _folder.Directory;

    /// <summary>The last head signed: it speaks for everything before it.</summary>
    public TreeHead Newest => Volatile.Read(ref _newest);

    /// <summary>Opens a log, or begins one; checks the last head and all that comes after it.</summary>
    /// <param name="options">Where, and how long entries are kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Takes what an operator must know.</param>
    /// <param name="erasing">The time by which old entries go; null for the clock.</param>
    /// <exception cref="AuditException">It cannot be written, another process writes it, it does not hold together, or
    /// it is gone from beside what it was the record of.</exception>
    public static FileAuditLog Open(
        AuditOptions options, TimeProvider time, ILogger<FileAuditLog> log, ErasureClock? erasing = null)
    {
        var folder = new AuditFolder(options.Validated().Directory);
        var held = folder.Lock();
        AuditKey? key = null;
        try
        {
            var why = folder.ReasonToBegin(options.Beside);
            key = AuditKey.Open(folder);
            var opened = new FileAuditLog(
                why.Length == 0 ? options : options with { Version = $"{options.Version}; begun anew: {why}" }, folder,
                held, key, AuditTail.Read(folder, key), (time, erasing), log);
            File.Delete(folder.AnewFile);
            return opened;
        }
        catch (Exception failure)
        {
            key?.Dispose();
            held.Dispose();
            if (failure is IOException or UnauthorizedAccessException)
            {
                throw new AuditException($"audit: '{options.Directory}' cannot be used: {failure.Message}", failure);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<AuditReceipt> AppendAsync(AuditEntry entry, CancellationToken cancel)
    {
        Check(entry);
        var waiter = new Waiter(entry, new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _waiting.Writer.WriteAsync(waiter, cancel);
        }
        catch (ChannelClosedException closed)
        {
            throw new AuditException("audit: the log is closed, so nothing more may be done; start Weir again", closed);
        }

        // From here on the entry will be there: whoever turns away leaves an entry without an act, never an
        // act without one.
        return await waiter.Done!.Task;
    }

    /// <summary>Signs a head that stays now.</summary>
    /// <exception cref="AuditException">It could not be made durable.</exception>
    public async Task SignHeadAsync(CancellationToken cancel)
    {
        var waiter = new Waiter(null, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await _waiting.Writer.WriteAsync(waiter, cancel);
        _ = await waiter.Done!.Task;
    }

    /// <summary>Closes the log with an entry and a head.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stopping.CancelAsync();
        await _signing;
        _waiting.Writer.Complete();
        await _writing;
        try
        {
            _ = _writer.Append([Machine(AuditActions.AuditClosed, "")]);
            _ = _writer.Sign(TreeHeadReason.Stop);
            Export();
        }
        catch (IOException failure)
        {
            _log.HeadFailed(failure.Message);
        }

        _writer.Dispose();
        _key.Dispose();
        _stopping.Dispose();
        await _lock.DisposeAsync();
    }

    private static AuditEntry Machine(string act, string reason) =>
        new() { Actor = "weir", Role = "machine", Act = act, Outcome = AuditActions.Allow, Reason = reason };

    private static void Check(AuditEntry entry)
    {
        if (entry.Act.Length == 0 || entry.Actor.Length == 0 || entry.Role.Length == 0 || entry.Outcome.Length == 0)
        {
            throw new AuditException("audit: an entry needs actor, role, act and outcome");
        }

        var text = entry.Actor.Length + entry.Role.Length + entry.Act.Length
            + entry.Outcome.Length + entry.Purpose.Length + entry.Case.Length + entry.Scope.Length
            + entry.Subject.Length + entry.Rule.Length + entry.PredicateDigest.Length
            + entry.ResultDigest.Length + entry.Reason.Length + entry.Request.Length + entry.Result.Length;
        if (text > MaxTextLength)
        {
            throw new AuditException(
                $"audit: an entry of {text} characters; write at most {MaxTextLength}, a shorter reason");
        }

        foreach (var count in new[]
        {
            entry.Rows, entry.Collateral, entry.LifetimeSeconds, entry.Permuted, entry.Added, entry.Removed,
        })
        {
            if (count is < 0 or > (1L << 53) - 1)
            {
                throw new AuditException($"audit: {count} is no count that an entry can hold");
            }
        }
    }

    private async Task WriteAsync()
    {
        var batch = new List<Waiter>(MaxBatch);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var waiter))
            {
                batch.Add(waiter);
            }

            Commit([.. batch.Where(w => w.Entry is not null)]);
            if (batch.Where(w => w.Entry is null && w.Done is not null).ToList() is { Count: > 0 } heads)
            {
                SignFor(heads);
            }
            else if (_writer.Uncovered >= MostUncovered || batch.Exists(w => w.Done is null))
            {
                SignTail();
            }
        }
    }

    private void Commit(List<Waiter> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            var receipts = _writer.Append([.. batch.Select(w => w.Entry!)]);
            _entryFault = "";
            UpdateState(s => s with
            {
                Entries = s.Entries + batch.Count, Commits = s.Commits + 1, Sequence = _writer.Sequence,
                Refusals = s.Refusals + batch.Count(w => w.Entry!.Outcome != AuditActions.Allow),
            });
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Done!.SetResult(receipts[i]);
            }
        }
        catch (Exception failure)
        {
            // Whatever it is, the acts must not happen and the next entries get their own try.
            _log.EntriesRefused(batch.Count, failure.Message, _folder.Directory);
            _entryFault = $"entries cannot be made durable: {failure.Message}";
            UpdateState(s => s with { Failures = s.Failures + batch.Count });
            var refusal = new AuditException($"audit: the entry could not be made durable in '{_folder.Directory}', so "
                + $"the act is refused: {failure.Message}", failure);
            batch.ForEach(w => w.Done!.TrySetException(refusal));
        }
    }

    private void SignFor(List<Waiter> heads)
    {
        try
        {
            var head = _writer.Sign(TreeHeadReason.Period);
            _headFault = "";
            UpdateState(s => s with { Heads = s.Heads + 1, LastHead = head.At, Covered = head.Size });
            Prune();
            Export();
            heads.ForEach(w => w.Done!.SetResult(new(head.Size, head.At, head.Last)));
        }
        catch (Exception failure)
        {
            _log.HeadFailed(failure.Message);
            _headFault = $"no head could be signed: {failure.Message}";
            UpdateState(s => s);
            heads.ForEach(w => w.Done!.TrySetException(new AuditException(
                $"audit: no head could be signed in '{_folder.Directory}': {failure.Message}", failure)));
        }
    }

    private void SignTail()
    {
        try
        {
            if (_writer.Uncovered > 0)
            {
                var head = _writer.SignTail();
                _headFault = "";
                UpdateState(s => s with { Heads = s.Heads + 1, LastHead = head.At, Covered = head.Size });
                Export();
            }
        }
        catch (Exception failure)
        {
            _log.HeadFailed(failure.Message);
            _headFault = $"no head could be signed: {failure.Message}";
            UpdateState(s => s);
        }
    }

    private void Prune()
    {
        try
        {
            if (AuditPruning.Drop(_folder, _writer,
                (_erasing?.Now ?? _time.GetUtcNow()) - _options.Retention) is { } dropped)
            {
                _log.AuditPruned(dropped.KeptFrom, dropped.Segments);
                UpdateState(s => s with
                {
                    Entries = s.Entries + 1,
                    Commits = s.Commits + 1,
                    Heads = s.Heads + 1,
                    Sequence = _writer.Sequence,
                    Covered = _writer.Head!.Size,
                });
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or AuditException)
        {
            _log.PruneFailed(failure.Message);
            _headFault = $"old segments could not be dropped: {failure.Message}";
            UpdateState(s => s);
        }
    }

    private void Export()
    {
        try
        {
            _export?.Copy(_writer.Newest!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or AuditException)
        {
            _log.ExportFailed(_options.ExportDirectory!, failure.Message);
            _headFault = $"heads cannot be copied to '{_options.ExportDirectory}': {failure.Message}";
            UpdateState(s => s);
        }
    }

    /// <summary>A head that stays each period, and one soon after the first entry that none covers.</summary>
    private async Task SignAsync()
    {
        var pace = _options.HeadPeriod < LongestUncovered ? _options.HeadPeriod : LongestUncovered;
        var signedAt = _time.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(pace, _time, _stopping.Token);
                if (_time.GetElapsedTime(signedAt) + (pace / 2) >= _options.HeadPeriod)
                {
                    signedAt = _time.GetTimestamp();
                    await _waiting.Writer.WriteAsync(new(null, new()), _stopping.Token);
                }
                else if (State.Sequence > State.Covered)
                {
                    await _waiting.Writer.WriteAsync(new(null, null), _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Called by one thread at a time.</summary>
    private void UpdateState(Func<AuditState, AuditState> change)
    {
        Volatile.Write(ref _newest, _writer.Newest!);
        Volatile.Write(ref _state, change(_state) with { Fault = _entryFault.Length > 0 ? _entryFault : _headFault });
    }
}
