// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Health;

namespace Weir.Hosting.Auditing;

/// <summary>How the audit is, for /healthz: without it nothing may be looked at, so a log that takes no entry is
/// failing work, not a failing process.</summary>
public static class AuditHealth
{
    public static ComponentHealth Of(AuditState state, AuditOptions options, DateTimeOffset now) =>
        state.Fault.Length > 0 ? ComponentHealth.Degraded(state.Fault)
        : state.LastHead is { } last && now - last > options.HeadPeriod + options.HeadPeriod
            ? ComponentHealth.Degraded($"no head was signed since {last:yyyy-MM-dd HH:mm:ss} UTC")
        : ComponentHealth.Ok;
}
