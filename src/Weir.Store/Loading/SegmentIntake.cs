// SPDX-License-Identifier: Apache-2.0
//
// Segments that collectors send. The collector's spool is the durable copy until the receipt; here a segment lies in a
// file without a name, never synced, while its checksum is checked and the engine takes it. Asked for before it is
// inserted is a segment that its sender is in doubt of, and one whose insertion this process began before. The receipt
// goes when the engine holds all rows. An engine that is down costs the sender delay.
using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Protocol;
using Weir.Contracts.Segments;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Wire.Native;

namespace Weir.Store.Loading;

/// <summary>Where the intake stands, since the start.</summary>
/// <param name="Segments">Taken.</param>
/// <param name="Rows">Rows of these.</param>
/// <param name="Known">Rows of segments that were there already.</param>
/// <param name="Fault">Why segments wait; empty where they do not.</param>
internal sealed record SegmentIntakeState(long Segments, long Rows, long Known, string Fault);

/// <summary>Takes segments. Calls may run side by side.</summary>
internal sealed class SegmentIntake(
    SegmentIntakeOptions options, EngineHost engine, ErasedScopes erased, ReleaseChain chain, TimeProvider time,
    ILogger<SegmentIntake> log)
    : IPendingRows, IDisposable
{
    private const int LongestName = 128;

    private readonly SemaphoreSlim _permits = new(options.AtOnce, options.AtOnce);
    private readonly SemaphoreSlim _draining = new(1);
    private readonly BegunSegments _begun = new();
    private readonly Lock _gate = new();
    private SegmentIntakeState _state = new(0, 0, 0, "");

    public SegmentIntakeState State => Volatile.Read(ref _state);

    /// <summary>Takes one.</summary>
    /// <exception cref="PeerRefusalException">It is damaged, contradicts what the engine holds, or the engine does not
    /// answer.</exception>
    public async Task<SegmentReceipt> AnswerAsync(PeerCall call, Stream body, CancellationToken cancel)
    {
        var (name, isInDoubt) = (NameOf(call), call.Query("doubt") switch
        {
            "0" => false,
            "1" => true,
            _ => throw PeerRefusalException.Malformed("parameter 'doubt' is 0 or 1"),
        });
        await _permits.WaitAsync(cancel);
        try
        {
            await using var file = await ReceiveAsync(body, cancel);
            var (header, damage) = await SegmentFile.CheckAsync(file, cancel);
            if (header is not { } head || damage.Length > 0 || !IsDay(head.Day))
            {
                var what = damage.Length > 0 ? damage : "its day is none";
                log.SegmentDamaged(name, call.Peer.Name, what);
                throw chain.Refuse(
                    StoreCodes.DamagedSegment, $"segment {name} is damaged: {what}; set it aside",
                    StatusCodes.Status422UnprocessableEntity);
            }

            return await BeginAsync(name, head, file, isInDoubt);
        }
        catch (IOException fault) when (fault is not (BadHttpRequestException or ConnectionResetException))
        {
            // Those two are the sender's, whose body ended early, was too long or too slow.
            throw Waits(new StoreException(0, fault.Message, retryable: true, fault));
        }
        finally
        {
            _ = _permits.Release();
        }
    }

    /// <inheritdoc/>
    public async Task DrainAsync(CancellationToken cancel)
    {
        await _draining.WaitAsync(cancel);
        var held = 0;
        try
        {
            for (; held < options.AtOnce; held++)
            {
                await _permits.WaitAsync(cancel);
            }
        }
        finally
        {
            if (held > 0)
            {
                _ = _permits.Release(held);
            }

            _ = _draining.Release();
        }
    }

    public void Dispose()
    {
        _permits.Dispose();
        _draining.Dispose();
    }

    private async Task<SegmentReceipt> BeginAsync(string name, SegmentHeader head, FileStream file, bool isInDoubt)
    {
        if (!_begun.TryBegin(head.Segment, out var isKnown))
        {
            throw chain.Refuse(
                StoreCodes.SegmentUnderWay, $"segment {name} is being inserted; ask again",
                StatusCodes.Status503ServiceUnavailable);
        }

        try
        {
            return await InsertAsync(name, head, file, isInDoubt || isKnown);
        }
        catch (StoreException fault)
        {
            throw Waits(fault);
        }
        finally
        {
            _begun.End(head.Segment);
        }
    }

    /// <summary>Nobody's leaving breaks off an insert half way.</summary>
    private async Task<SegmentReceipt> InsertAsync(string name, SegmentHeader head, FileStream file, bool mayBeThere)
    {
        var (gone, scopes) = await ErasedAsync(name, head, file);
        file.Position = SegmentHeader.Length;
        var (fate, reason) = await new SegmentInserter(engine.Store, time)
            .InsertAsync(head, file, mayBeThere, CancellationToken.None, gone);
        if (fate is SegmentFate.Conflict or SegmentFate.Refused)
        {
            log.SegmentNotTaken(name, head.Rows, reason);
            throw chain.Refuse(
                fate == SegmentFate.Conflict ? StoreCodes.SegmentConflict : StoreCodes.SegmentRefused,
                $"segment {name}: {reason}; set it aside",
                fate == SegmentFate.Conflict ? StatusCodes.Status409Conflict
                    : StatusCodes.Status422UnprocessableEntity);
        }

        if (scopes.Count > 0)
        {
            await new EvidenceStore(engine.Store, NonePending.It, time).EraseAsync(scopes, CancellationToken.None);
        }

        var wasThere = fate == SegmentFate.WasThere;
        Change(state => state with
        {
            Segments = state.Segments + 1,
            Rows = state.Rows + (wasThere ? 0 : head.Rows),
            Known = state.Known + (wasThere ? head.Rows : 0),
            Fault = "",
        });
        return new(name, head.Segment.ToString("x16", CultureInfo.InvariantCulture), head.Rows, wasThere);
    }

    private async Task<(uint Rows, HashSet<Contracts.Scopes.ScopeId> Scopes)> ErasedAsync(
        string name, SegmentHeader head, FileStream file)
    {
        file.Position = SegmentHeader.Length;
        try
        {
            return await erased.FindAsync(head.Kind, file, CancellationToken.None);
        }
        catch (Exception fault) when (fault is not IOException)
        {
            // Its checksum is right, so whoever wrote it wrote no rows of evidence.
            log.SegmentNotTaken(name, head.Rows, fault.Message);
            throw chain.Refuse(
                StoreCodes.SegmentRefused, $"segment {name} has no rows of evidence: {fault.Message}; set it aside",
                StatusCodes.Status422UnprocessableEntity);
        }
    }

    /// <summary>The body as a file that has no name and goes when it is closed.</summary>
    private async Task<FileStream> ReceiveAsync(Stream body, CancellationToken cancel)
    {
        var path = Path.Combine(options.Folder, $"incoming-{Guid.NewGuid():n}");
        var file = new FileStream(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 18, FileOptions.Asynchronous);
        try
        {
            File.Delete(path);
            await body.CopyToAsync(file, 1 << 18, cancel);
            await file.FlushAsync(cancel);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private PeerRefusalException Waits(StoreException fault)
    {
        if (State.Fault.Length == 0)
        {
            log.SegmentsWaitOutside(fault.Message);
        }

        Change(state => state with { Fault = fault.Message });
        return chain.EngineDown(fault);
    }

    private void Change(Func<SegmentIntakeState, SegmentIntakeState> change)
    {
        lock (_gate)
        {
            Volatile.Write(ref _state, change(_state));
        }
    }

    private static string NameOf(PeerCall call) =>
        call.Query("name") is { Length: > 0 and <= LongestName } name
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')
            ? name
            : throw PeerRefusalException.Malformed(
                "parameter 'name' is a segment's name: letters, digits, hyphens and dots");

    private static bool IsDay(uint day) => DateOnly.TryParseExact(
        day.ToString(CultureInfo.InvariantCulture), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None,
        out var date) && date.Year is >= 1970 and < 2106;

    /// <summary>For the erasing of what came in a segment: the segment is in already.</summary>
    private sealed class NonePending : IPendingRows
    {
        public static NonePending It { get; } = new();

        public Task DrainAsync(CancellationToken cancel) => Task.CompletedTask;
    }
}
