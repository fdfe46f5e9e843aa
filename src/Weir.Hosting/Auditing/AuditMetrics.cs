// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Weir.Hosting.Auditing;

/// <summary>The audit in numbers.</summary>
public sealed class AuditMetrics
{
    public AuditMetrics(IMeterFactory meters, Func<AuditState?> state, TimeProvider time)
    {
        var meter = meters.Create("Weir.Auditing");
        meter.CreateObservableCounter(
            "weir.audit.entries", () => state()?.Entries ?? 0L, "{entry}", "Audit entries made durable.");
        meter.CreateObservableCounter(
            "weir.audit.refusals", () => state()?.Refusals ?? 0L, "{refusal}",
            "Of those, entries about something that was refused.");
        meter.CreateObservableCounter(
            "weir.audit.failures", () => state()?.Failures ?? 0L, "{failure}",
            "Entries that could not be made durable: their acts were refused.");
        meter.CreateObservableCounter(
            "weir.audit.commits", () => state()?.Commits ?? 0L, "{commit}",
            "Times the audit's disk was waited for; entries per commit show how many went together.");
        meter.CreateObservableCounter(
            "weir.audit.heads", () => state()?.Heads ?? 0L, "{head}", "Signed heads of the audit.");
        meter.CreateObservableGauge(
            "weir.audit.head_age",
            () => state()?.LastHead is { } last ? Math.Max(0, (time.GetUtcNow() - last).TotalSeconds) : 0.0,
            "s", "Seconds since the latest signed head; more than ten minutes is a fault.");
        meter.CreateObservableGauge(
            "weir.audit.writable", () => state()?.Fault is { Length: > 0 } ? 0L : 1L, null,
            "0 while entries or heads cannot be made durable or copied off the box.");
    }
}
