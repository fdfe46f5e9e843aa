// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Counters of what peers ask. Labels come from closed lists: routes, roles, codes.</summary>
internal sealed class PeerServerMetrics
{
    public const string MeterName = "Weir.Peers";
    private const string UnknownRoute = "unknown";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _connections;
    private readonly Histogram<double> _duration;

    public PeerServerMetrics(IMeterFactory meters, Func<int> open)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>(
            "weir.peers.requests", "{request}", "Requests of other processes, by route, role and outcome.");
        _connections = meter.CreateCounter<long>(
            "weir.peers.connections.refused", "{connection}", "Connections closed before a request, by reason.");
        _duration = meter.CreateHistogram<double>(
            "weir.peers.request.duration", "s", "Time from a request's head to its answer, by route.");
        meter.CreateObservableGauge("weir.peers.connections.open", open, "{connection}",
            "Connections of other processes.");
    }

    public void Answered(string? route, PeerRoles roles, string code, TimeSpan took)
    {
        var path = new KeyValuePair<string, object?>("route", route ?? UnknownRoute);
        _requests.Add(1, path, new("role", roles.Word), new("code", code));
        _duration.Record(took.TotalSeconds, path);
    }

    public void Closed(string reason) => _connections.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
