// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Threading.Channels;
using Weir.Contracts.Events;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>Events: in, verified, kept, handled.</summary>
public sealed partial class CaseHandler
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private string _fault = "";
    private long _taken;
    private long _refused;

    /// <summary>Why events wait, or empty.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Events handled since the start.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Events whose signature did not hold.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Events that wait in the inbox.</summary>
    public int Waiting => _inbox.Reader.Count;

    /// <summary>Takes an event; waits while the inbox is full, so that none is lost.</summary>
    /// <exception cref="ChannelClosedException">The desk has been told to stop.</exception>
    public void Handle(SignedEvent signed)
    {
        if (!_inbox.Writer.TryWrite(signed))
        {
            _inbox.Writer.WriteAsync(signed).AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>No further events; <see cref="RunAsync"/> ends when those in the inbox are handled.</summary>
    public void Complete() => _inbox.Writer.TryComplete();

    /// <summary>Handles events until <see cref="Complete"/>; what goes wrong is told and tried again
    /// until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var batch = new List<SignedEvent>(EventsAtOnce);
        var waits = new List<JournaledEvent>();
        var forcing = ActivateChangesAsync(cancel);
        try
        {
            while (batch.Count + waits.Count > 0 || await _inbox.Reader.WaitToReadAsync(cancel))
            {
                while (waits.Count == 0 && batch.Count < EventsAtOnce && _inbox.Reader.TryRead(out var signed))
                {
                    batch.Add(signed);
                }

                await TryAsync(batch, waits, cancel);
            }

            _news.Writer.TryComplete();
            await forcing;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            if (batch.Count + waits.Count + Waiting is > 0 and var lost)
            {
                _parts.Log.EventsLost(lost);
            }
        }
    }

    /// <summary>Handles events now, in the caller; for what is no stream: a look-back, a test.</summary>
    public async Task HandleAsync(IReadOnlyCollection<SignedEvent> events, CancellationToken cancel)
    {
        var verified = await VerifiedAsync(events, cancel);
        await _parts.Records.JournalAsync(verified, cancel);
        await HandleAsync(verified, cancel);
        await ActivateAsync(cancel);
    }

    private async Task TryAsync(List<SignedEvent> batch, List<JournaledEvent> waits, CancellationToken cancel)
    {
        try
        {
            if (waits.Count == 0)
            {
                waits.AddRange(await VerifiedAsync(batch, cancel));
            }

            batch.Clear();
            await _parts.Records.JournalAsync(waits, cancel);
            await HandleAsync(waits, cancel);
            _ = _news.Writer.TryWrite(true);
            waits.Clear();
            Volatile.Write(ref _fault, "");
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            var events = batch.Count + waits.Count;
            _parts.Log.EventsWait(events, failure.Message);
            Volatile.Write(ref _fault, failure.Message);
            await Task.Delay(TryAgain, _parts.Time, cancel);
        }
    }

    private async Task HandleAsync(List<JournaledEvent> events, CancellationToken cancel)
    {
        await DecideAsync(draft => events.ForEach(journaled => _plan.Add(draft, journaled)), cancel);
        Interlocked.Add(ref _taken, events.Count);
    }

    /// <summary>Puts before the shards what came meanwhile, until there is no more to come.</summary>
    private async Task ActivateChangesAsync(CancellationToken cancel)
    {
        while (await _news.Reader.WaitToReadAsync(cancel))
        {
            _ = _news.Reader.TryRead(out _);
            await ActivateAsync(cancel);
        }
    }

    /// <summary>Events whose signature holds, with the numbers of what they will open; the others are refused and
    /// audited (R2).</summary>
    private async Task<List<JournaledEvent>> VerifiedAsync(
        IReadOnlyCollection<SignedEvent> events, CancellationToken cancel)
    {
        var verified = new List<JournaledEvent>(events.Count);
        foreach (var signed in events)
        {
            if (_parts.Signer.Verify(signed))
            {
                verified.Add(new(signed.Event, new CaseId(FreshNumber()), new ScopeId(FreshNumber())));
                continue;
            }

            await _parts.Audit.AppendAsync(
                new AuditEntry
                {
                    Actor = Actor.Weir.Name,
                    Role = Actor.Weir.RoleWord,
                    Act = AuditActions.OpenScope,
                    Outcome = DenyCodes.ToName(DenyCode.NotAuthenticated),
                    Reason = "an event whose signature does not hold",
                },
                cancel);
            Interlocked.Increment(ref _refused);
            _parts.Log.EventRefused();
        }

        return verified;
    }

    private static ulong FreshNumber()
    {
        Span<byte> octets = stackalloc byte[8];
        RandomNumberGenerator.Fill(octets);
        return BinaryPrimitives.ReadUInt64BigEndian(octets);
    }
}
