// SPDX-License-Identifier: Apache-2.0
//
// What leaves the store is on record where it leaves: an entry on the store's own chain is durable before the answer
// goes, and carries the asker's request number, so that whoever verifies both chains finds what one of them skipped. A
// refusal is an entry as well, and counted by its code.
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Wire.Native;

namespace Weir.Store.Chain;

/// <summary>Records releases and refusals. Safe for any thread.</summary>
internal sealed class ReleaseChain
{
    private readonly IAuditLog _audit;
    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _released = new(StringComparer.Ordinal);
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _releases;

    public ReleaseChain(IAuditLog audit, IMeterFactory meters)
    {
        _audit = audit;
        var meter = meters.Create("Weir.Store.Releases");
        _refusals = meter.CreateCounter<long>(
            "weir.store.refusals", "{request}", "Requests that the store refused on their grounds or form, by code.");
        _releases = meter.CreateCounter<long>(
            "weir.store.releases", "{request}", "Answers that left the store with an entry on its chain, by route.");
    }

    /// <summary>Refusals since the start, by code.</summary>
    public IReadOnlyDictionary<string, long> Refused => new SortedDictionary<string, long>(_refused);

    /// <summary>Releases since the start, by route.</summary>
    public IReadOnlyDictionary<string, long> Released => new SortedDictionary<string, long>(_released);

    /// <summary>SHA-256 of a text, lower-case hexadecimal.</summary>
    public static string Digest(string text) => Digest(Encoding.UTF8.GetBytes(text));

    /// <summary>SHA-256, lower-case hexadecimal.</summary>
    public static string Digest(ReadOnlySpan<byte> octets) => Convert.ToHexStringLower(SHA256.HashData(octets));

    /// <summary>An entry about a request, to be filled and recorded.</summary>
    public static AuditEntry EntryOf(PeerCall call, string number, string act) => new()
    {
        Actor = call.Peer.Name,
        Role = call.Peer.Roles.Word,
        Act = act,
        Outcome = AuditActions.Allow,
        Reason = RequestNumber.Mark(number),
    };

    /// <summary>Checks the number that joins the chains.</summary>
    /// <exception cref="PeerRefusalException">It is none.</exception>
    public void RequireNumber(string number)
    {
        if (!RequestNumber.IsOne(number))
        {
            Count("malformed");
            throw PeerRefusalException.Malformed("number is no request number: q- and 16 hexadecimal digits");
        }
    }

    /// <summary>Makes a release durable; the answer may go when this returns.</summary>
    /// <exception cref="PeerRefusalException">It could not be made durable: nothing may go.</exception>
    public async Task<long> RecordAsync(PeerCall call, AuditEntry entry, CancellationToken cancel)
    {
        try
        {
            var receipt = await _audit.AppendAsync(entry, cancel);
            _releases.Add(1, new KeyValuePair<string, object?>("part", call.Route));
            _ = _released.AddOrUpdate(call.Route, 1, (_, count) => count + 1);
            return receipt.Sequence;
        }
        catch (AuditException fault)
        {
            throw Down(StoreCodes.AuditDown, fault.Message);
        }
    }

    /// <summary>Records a refusal on grounds; what comes back is to be thrown.</summary>
    /// <param name="entry">What was asked, as it would have been recorded.</param>
    /// <param name="code">The code.</param>
    /// <param name="sentence">For the asker.</param>
    /// <param name="status">403 unless given.</param>
    public async Task<PeerRefusalException> RefuseAsync(
        AuditEntry entry, string code, string sentence, int status = StatusCodes.Status403Forbidden)
    {
        Count(code);
        try
        {
            _ = await _audit.AppendAsync(entry with { Outcome = code }, CancellationToken.None);
        }
        catch (AuditException)
        {
            // It is refused all the same, and the log itself says that it cannot write.
        }

        return new PeerRefusalException(code, sentence, status);
    }

    /// <summary>A refusal that nothing was asked on: counted, not recorded.</summary>
    public PeerRefusalException Refuse(string code, string sentence, int status)
    {
        Count(code);
        return new PeerRefusalException(code, sentence, status);
    }

    /// <summary>The engine does not answer, or says no for a reason that is not the asker's.</summary>
    public PeerRefusalException EngineDown(StoreException fault) =>
        Down(StoreCodes.StoreDown, $"the flow store does not answer as it should: {fault.Message}; ask again");

    private PeerRefusalException Down(string code, string sentence)
    {
        Count(code);
        return new PeerRefusalException(code, sentence, StatusCodes.Status503ServiceUnavailable);
    }

    private void Count(string code)
    {
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", code));
        _ = _refused.AddOrUpdate(code, 1, (_, count) => count + 1);
    }
}
