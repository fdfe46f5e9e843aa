// SPDX-License-Identifier: Apache-2.0
//
// What leaves a process is on record where it leaves: an entry on its own chain is durable before the answer goes, and
// carries the asker's request number, so that whoever verifies both chains finds what one of them skipped. A refusal is
// an entry as well, and counted by its code.
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;

namespace Weir.Hosting.Releases;

/// <summary>Records releases and refusals. Safe for any thread.</summary>
public sealed class ReleaseChain
{
    private readonly IAuditLog _audit;
    private readonly ForgedGrounds? _forged;
    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _released = new(StringComparer.Ordinal);
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _releases;

    /// <param name="audit">The process's own chain.</param>
    /// <param name="meters">Takes the counters.</param>
    /// <param name="process"><c>store</c> or <c>vault</c>.</param>
    /// <param name="forged">Hears of refusals; null where nobody is told.</param>
    public ReleaseChain(IAuditLog audit, IMeterFactory meters, string process, ForgedGrounds? forged = null)
    {
        (_audit, _forged) = (audit, forged);
        var meter = meters.Create("Weir.Releases");
        _refusals = meter.CreateCounter<long>(
            $"weir.{process}.refusals", "{request}",
            $"Requests that the {process} refused on their grounds or form, by code.");
        _releases = meter.CreateCounter<long>(
            $"weir.{process}.releases", "{request}",
            $"Answers that left the {process} with an entry on its chain, by route.");
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
        Request = number,
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
            CountRelease(call.Route);
            return receipt.Sequence;
        }
        catch (AuditException fault)
        {
            throw Down(PeerCodes.AuditDown, fault.Message);
        }
    }

    /// <summary>Makes durable what a release rests on, which is no release itself.</summary>
    /// <exception cref="PeerRefusalException">It could not be made durable.</exception>
    public async Task RecordBeforeAsync(IEnumerable<AuditEntry> entries, CancellationToken cancel)
    {
        try
        {
            foreach (var entry in entries)
            {
                _ = await _audit.AppendAsync(entry, cancel);
            }
        }
        catch (AuditException fault)
        {
            throw Down(PeerCodes.AuditDown, fault.Message);
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

    /// <summary>A refusal for now, for a reason that is not the asker's: counted, not recorded; 503.</summary>
    public PeerRefusalException Down(string code, string sentence)
    {
        Count(code);
        return new PeerRefusalException(code, sentence, StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Counts a release that has its entry already.</summary>
    public void CountRelease(string route)
    {
        _releases.Add(1, new KeyValuePair<string, object?>("part", route));
        _ = _released.AddOrUpdate(route, 1, (_, count) => count + 1);
    }

    /// <summary>Counts a refusal that has its entry already.</summary>
    public void Count(string code)
    {
        _forged?.Add(code);
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", code));
        _ = _refused.AddOrUpdate(code, 1, (_, count) => count + 1);
    }
}
