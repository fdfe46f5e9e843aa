// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Threading.Channels;
using Weir.Contracts.Approvals;
using Weir.Contracts.Events;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Records;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>Events: in, verified, kept, handled.</summary>
public sealed partial class CaseHandler
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    private readonly RefusedEvents _refusedEvents;
    private string _fault = "";
    private long _taken;
    private long _known;
    private long _handledAtOnce;

    /// <summary>Why events wait, or empty.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Events handled since the start.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Events that came again.</summary>
    public long Known => Interlocked.Read(ref _known);

    /// <summary>Events that were not believed.</summary>
    public long Refused => _refusedEvents.Total;

    /// <summary>The same, by code.</summary>
    public IReadOnlyDictionary<string, long> RefusedByCode => _refusedEvents.ByCode;

    /// <summary>Of all of these, events that came by <see cref="HandleAsync(IReadOnlyCollection{Envelope},
    /// CancellationToken)"/>.</summary>
    internal long HandledAtOnce => Interlocked.Read(ref _handledAtOnce);

    /// <summary>Events that are kept and wait to be handled.</summary>
    public int Waiting => _inbox.Reader.Count;

    /// <summary>Takes events that a collector or the store signed; when it returns they are durable, each once, and
    /// will be handled. Waits while too many wait, so that none is lost.</summary>
    /// <exception cref="ChannelClosedException">The desk has been told to stop; what is durable is handled at the next
    /// start.</exception>
    public async Task<EventReceipt> ReceiveAsync(IReadOnlyCollection<Envelope> events, CancellationToken cancel)
    {
        var (fresh, refused) = await JournalAsync(events, cancel);
        foreach (var journaled in fresh)
        {
            await _inbox.Writer.WriteAsync(journaled, CancellationToken.None);
        }

        return new(fresh.Count, events.Count - fresh.Count - refused.Values.Sum(), refused);
    }

    /// <summary>No further events; <see cref="RunAsync"/> ends when those in the inbox are handled.</summary>
    public void Complete() => _inbox.Writer.TryComplete();

    /// <summary>Handles events until <see cref="Complete"/>; what goes wrong is told and tried again until cancelled.
    /// What is left then is durable, and handled at the next start.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var batch = new List<JournaledEvent>(EventsAtOnce);
        try
        {
            while (batch.Count > 0 || await _inbox.Reader.WaitToReadAsync(cancel))
            {
                while (batch.Count < EventsAtOnce && _inbox.Reader.TryRead(out var journaled))
                {
                    batch.Add(journaled);
                }

                await TryAsync(batch, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            if (batch.Count + Waiting is > 0 and var left)
            {
                _parts.Log.EventsLeft(left);
            }
        }
    }

    /// <summary>Handles events now, in the caller; for what is no stream: a look-back, a test.</summary>
    public async Task<EventReceipt> HandleAsync(IReadOnlyCollection<Envelope> events, CancellationToken cancel)
    {
        var (fresh, refused) = await JournalAsync(events, cancel);
        await HandleAsync(fresh, cancel);
        Interlocked.Add(ref _handledAtOnce, events.Count);
        return new(fresh.Count, events.Count - fresh.Count - refused.Values.Sum(), refused);
    }

    private async Task TryAsync(List<JournaledEvent> batch, CancellationToken cancel)
    {
        try
        {
            await HandleAsync(batch, cancel);
            batch.Clear();
            Volatile.Write(ref _fault, "");
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            _parts.Log.EventsWait(batch.Count, failure.Message);
            Volatile.Write(ref _fault, failure.Message);
            await Task.Delay(TryAgain, _parts.Time, cancel);
        }
    }

    private async Task HandleAsync(IReadOnlyCollection<JournaledEvent> events, CancellationToken cancel)
    {
        await ActAsync(
            draft =>
            {
                foreach (var journaled in events)
                {
                    Take(draft, journaled);
                }
            },
            cancel);
        Interlocked.Add(ref _taken, events.Count);
    }

    /// <summary>Keeps those that are believed and new.</summary>
    private async Task<(IReadOnlyList<JournaledEvent> Fresh, Dictionary<string, int> Refused)> JournalAsync(
        IReadOnlyCollection<Envelope> events, CancellationToken cancel)
    {
        var believed = new List<JournaledEvent>(events.Count);
        Dictionary<string, int> refused = [];
        foreach (var envelope in events)
        {
            if (Verify(envelope, out var quality) is { } code)
            {
                refused[code] = refused.GetValueOrDefault(code) + 1;
            }
            else
            {
                believed.Add(new(quality, new CaseId(FreshNumber()), new ScopeId(FreshNumber()), envelope));
            }
        }

        await AuditRefusedAsync(_refusedEvents.Add(refused), cancel);
        var fresh = believed.Count == 0 ? [] : await _parts.Records.JournalAsync(believed, cancel);
        Interlocked.Add(ref _known, believed.Count - fresh.Count);
        return (fresh, refused);
    }

    /// <summary>Why an event is not believed; null where it is (R2).</summary>
    private string? Verify(Envelope envelope, out QualityEvent quality)
    {
        quality = null!;
        var signed = _parts.Ring.Verify(envelope, EventDocument.Type);
        return !signed.IsBelieved ? EnvelopeFaults.Word(signed.Fault)
            : !EventDocument.TryRead(envelope, out quality) ? EnvelopeFaults.Word(EnvelopeFault.Malformed)
            : !EventDocument.MaySign(signed.Signer.Role, quality) ? EnvelopeFaults.Word(EnvelopeFault.WrongRole)
            : !_promotions.Holds(quality) ? PromotionProof.Missing
            : RefusedEvents.IsAhead(quality, _parts.Time.GetUtcNow()) ? RefusedEvents.Ahead
            : null;
    }

    /// <summary>Refusals that were counted since the last entry.</summary>
    private Task AuditRefusedAsync(CancellationToken cancel) => AuditRefusedAsync(_refusedEvents.Due(), cancel);

    private async Task AuditRefusedAsync(IReadOnlyCollection<(string Code, long Count)> due, CancellationToken cancel)
    {
        foreach (var (code, count) in due)
        {
            _parts.Log.EventsRefused(count, code);
            await _parts.Audit.AppendAsync(
                new AuditEntry
                {
                    Actor = Actor.Weir.Name,
                    Role = Actor.Weir.RoleWord,
                    Act = AuditActions.OpenScope,
                    Outcome = DenyCodes.ToName(DenyCode.NotAuthenticated),
                    Rows = count,
                    Reason = $"{Text(count)} events are not believed: {code}",
                },
                cancel);
        }
    }

    private static ulong FreshNumber()
    {
        Span<byte> octets = stackalloc byte[8];
        RandomNumberGenerator.Fill(octets);
        return BinaryPrimitives.ReadUInt64BigEndian(octets);
    }
}
