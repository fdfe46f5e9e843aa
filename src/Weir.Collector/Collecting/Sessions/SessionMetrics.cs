// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Collector.Collecting.Sessions;

/// <summary>What came over connections, per listener. Read when asked.</summary>
public sealed class SessionMetrics
{
    private readonly Func<IReadOnlyList<SessionCounts>> _listeners;

    public SessionMetrics(IMeterFactory meters, Func<IReadOnlyList<SessionCounts>> listeners)
    {
        _listeners = listeners;
        var meter = meters.Create("Weir.Collecting.Sessions");
        meter.CreateObservableUpDownCounter("weir.collecting.sessions", () => Each(one => one.Open), "{session}",
            "Connections of exporters that are open.");
        meter.CreateObservableCounter(
            "weir.collecting.session_messages", () => Each(one => one.Messages), "{message}",
            "IPFIX messages taken from connections.");
        meter.CreateObservableCounter("weir.collecting.session_received", () => Each(one => one.Octets), "By",
            "Octets taken from connections: those of messages, those lost, and of messages that are not whole yet.");
        meter.CreateObservableCounter("weir.collecting.session_lost", () => Each(one => one.LostOctets), "By",
            "Octets of connections that ended before the message was whole, or was taken.");
        meter.CreateObservableCounter(
            "weir.collecting.refused_sessions", () => Each(one => one.Refused), "{session}",
            "Connections refused before an octet of IPFIX was read: unknown-exporter, needs-tls, full, too-many, "
                + "stopped; over TLS no-certificate, other-authority, out-of-date, unnamed-key, handshake.");
        meter.CreateObservableCounter(
            "weir.collecting.ended_sessions", () => Each(one => one.Ended), "{session}",
            "Connections that ended: closed, reset and cut-short by the exporter; by us for no-ipfix, length, "
                + "unreadable, no-room, slow, silent, idle, replaced, unlisted, stopped.");
    }

    private IEnumerable<Measurement<long>> Each(Func<SessionCounts, long> count) =>
        _listeners().Select(one => new Measurement<long>(
            count(one), new KeyValuePair<string, object?>("listener", one.Listener)));

    private IEnumerable<Measurement<long>> Each(Func<SessionCounts, IReadOnlyDictionary<string, long>> counts) =>
        from one in _listeners()
        from count in counts(one)
        select new Measurement<long>(count.Value, [new("listener", one.Listener), new("reason", count.Key)]);
}
