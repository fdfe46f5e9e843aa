// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Hosting.Peers.Certificates;

/// <summary>How long this process's certificate lasts.</summary>
internal sealed class PeerCertificateMetrics
{
    public PeerCertificateMetrics(IMeterFactory meters, Func<TimeSpan> left) =>
        meters.Create("Weir.Peers").CreateObservableGauge(
            "weir.peers.certificate.left", () => left().TotalSeconds, "s",
            "Time until this process's certificate ends; below nought when it has.");
}
