// SPDX-License-Identifier: Apache-2.0
//
// What the collector holds: raw flows in its ring, counters in memory, open contact windows, segments and events on
// their way.
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Weir.Collector.Composing;
using Weir.Collector.Detecting;
using Weir.Contracts.Protocol;
using Weir.Hosting.Retention;

namespace Weir.Collector.Status;

/// <summary>The ring buffer of raw flows.</summary>
internal sealed class RingRetention(Func<DateTimeOffset, HeldTotals> held, TimeSpan span) : IRetentionSource
{
    /// <summary>A block is forgotten when its newest flow is due.</summary>
    private static readonly TimeSpan Block = TimeSpan.FromMinutes(1);

    public string Kind => "ring";

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var ring = held(now);
        return Task.FromResult(RetentionEntry.Create(
            Kind, (ring.OldestFlow, ring.OldestFlow is null ? null : now), (ring.RingFlows, ring.RingOctets),
            string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min"), now - span - Block,
            "encrypted on disk, its keys in memory alone"));
    }
}

/// <summary>The counters of the rules, in memory alone.</summary>
internal sealed class CounterRetention(Func<DateTimeOffset, HeldTotals> held, DateTimeOffset startedAt)
    : IRetentionSource
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(Detector.OldestMinutes);

    public string Kind => "counters";

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var subjects = held(now).CounterSubjects;
        DateTimeOffset? oldest = subjects == 0 ? null : startedAt > now - Limit ? startedAt : now - Limit;
        return Task.FromResult(RetentionEntry.Create(
            Kind, (oldest, oldest is null ? null : now), (subjects, 0),
            string.Create(CultureInfo.InvariantCulture, $"{Limit.TotalHours:0} h"), now - Limit - RetentionEntry.Grace,
            "memory; a subject idle for so long is forgotten"));
    }
}

internal static class CollectorRetentionRegistration
{
    /// <summary>Adds what the collector holds.</summary>
    public static IServiceCollection AddRetention(this IServiceCollection services, CollectorProcessOptions options)
    {
        var startedAt = options.Time.GetUtcNow();
        var days = TimeSpan.FromDays(options.Settings.Store.RetentionDays);
        var spool = Path.Combine(options.Segments.Spool.Directory, "spool");
        return services
            .AddRetentionSource(provider => new RingRetention(Held(provider), options.Settings.Evidence.Span))
            .AddRetentionSource(provider => new CounterRetention(Held(provider), startedAt))
            .AddRetentionSource(_ => new FileRetention("spool", Path.Combine(spool, "ready"), "*.seg", days))
            .AddRetentionSource(_ => new FileRetention("spool, set aside", Path.Combine(spool, "bad"), "*.seg", days))
            .AddRetentionSource(_ => new FileRetention(
                "contact windows", Path.GetDirectoryName(options.AccountFile)!, Path.GetFileName(options.AccountFile),
                TimeSpan.FromDays(1)))
            .AddRetentionSource(_ => new AuditRetention(options.Auditing));

        Func<DateTimeOffset, HeldTotals> Held(IServiceProvider provider)
        {
            var snapshot = provider.GetRequiredService<StatusSnapshot>();
            return now => snapshot.Read(options.Name, startedAt, now).Held;
        }
    }
}
