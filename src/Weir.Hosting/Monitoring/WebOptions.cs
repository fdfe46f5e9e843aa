// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Monitoring;

/// <summary>Console, API, metrics and health; the section <c>web</c>, which the desk and <c>weir serve</c> read.
/// </summary>
public sealed record WebOptions
{
    [Setting("Address and TCP port of console, API, /metrics, /healthz, /readyz and /retention.")]
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);
}
