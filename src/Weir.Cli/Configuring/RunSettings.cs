// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

internal sealed record ReportSettings
{
    [Setting("Directory for report.json and report.html.")]
    public string Dir { get; init; } = "/var/lib/weir/reports";
}

internal sealed record WebSettings
{
    [Setting("Address and TCP port of console, API, /metrics, /healthz, /readyz and /retention.")]
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);
}
