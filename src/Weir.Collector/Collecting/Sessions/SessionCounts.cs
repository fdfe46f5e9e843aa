// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Weir.Collector.Collecting.Sessions;

/// <summary>What came to one listener. Octets taken = of messages handed on + given up + of a message that is not whole
/// yet. For any thread.</summary>
/// <param name="transport">TCP or TLS.</param>
/// <param name="at">Where it was asked to listen.</param>
public sealed class SessionCounts(ExportTransport transport, IPEndPoint at)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _ended = new(StringComparer.Ordinal);
    private long _open;
    private long _octets;
    private long _messages;
    private long _handled;
    private long _lost;

    public ExportTransport Transport => transport;

    /// <summary>Where it listens.</summary>
    public IPEndPoint At { get; internal set; } = at;

    /// <summary>As metrics and status name it, such as <c>tls://0.0.0.0:4740</c>.</summary>
    public string Listener => $"{(transport == ExportTransport.Tls ? "tls" : "tcp")}://{At}";

    /// <summary>Connections that are served now.</summary>
    public long Open => Interlocked.Read(ref _open);

    public long Octets => Interlocked.Read(ref _octets);

    /// <summary>Messages handed on.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>Their octets.</summary>
    public long HandledOctets => Interlocked.Read(ref _handled);

    /// <summary>Octets of connections that ended before they were handed on.</summary>
    public long LostOctets => Interlocked.Read(ref _lost);

    /// <summary>Connections that were not served, by why.</summary>
    public IReadOnlyDictionary<string, long> Refused => Copy(_refused);

    /// <summary>Connections that ended, by why.</summary>
    public IReadOnlyDictionary<string, long> Ended => Copy(_ended);

    internal void Serve() => Interlocked.Increment(ref _open);

    internal void Take(long octets) => Interlocked.Add(ref _octets, octets);

    internal void Handle(int octets)
    {
        Interlocked.Increment(ref _messages);
        Interlocked.Add(ref _handled, octets);
    }

    internal void Lose(long octets) => Interlocked.Add(ref _lost, octets);

    internal void Refuse(string why) => Add(_refused, why);

    internal void End(string why)
    {
        Interlocked.Decrement(ref _open);
        Add(_ended, why);
    }

    private void Add(SortedDictionary<string, long> counts, string why)
    {
        lock (_gate)
        {
            counts[why] = counts.GetValueOrDefault(why) + 1;
        }
    }

    private Dictionary<string, long> Copy(SortedDictionary<string, long> counts)
    {
        lock (_gate)
        {
            return new(counts);
        }
    }
}
