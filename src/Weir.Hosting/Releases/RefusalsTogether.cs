// SPDX-License-Identifier: Apache-2.0
//
// What others ask for and do not get costs the record little (rules.md R25): the first refusals of a kind in a minute
// stand there each by itself, the rest as entries with their number. It stands in front of the log, so that no gate can
// forget it. What a process records of itself, and what is told together already, goes by.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Running;

namespace Weir.Hosting.Releases;

/// <summary>A log whose refusals are bounded.</summary>
/// <param name="log">Where entries go.</param>
/// <param name="repeated">Counts refusals; writes to the same log.</param>
internal sealed class RefusalsTogether(IAuditLog log, RepeatedRefusals repeated) : IAuditLog
{
    /// <inheritdoc/>
    /// <returns>Nothing of a refusal: it may be counted with others.</returns>
    public async Task<AuditReceipt> AppendAsync(AuditEntry entry, CancellationToken cancel)
    {
        if (entry.Outcome == AuditActions.Allow || entry.Rows > 0 || entry.Actor == Actor.Weir.Name)
        {
            return await log.AppendAsync(entry, cancel);
        }

        _ = await repeated.NoteAsync(entry, cancel);
        return default;
    }
}

/// <summary>Puts the bound into a host.</summary>
public static class RefusalsTogetherRegistration
{
    /// <summary>Has the host's own chain as its log, with refusals bounded: those of minutes that are over are told
    /// each minute, and the rest at the stop, behind every other part.</summary>
    public static IServiceCollection AddBoundedAudit(this IServiceCollection services) => services
        .AddSingleton(provider => new RepeatedRefusals(
            provider.GetRequiredService<FileAuditLog>(), provider.GetRequiredService<TimeProvider>(),
            RepeatedRefusals.EachOfPeer, RepeatedRefusals.EachOfKind))
        .AddSingleton<IAuditLog>(provider => new RefusalsTogether(
            provider.GetRequiredService<FileAuditLog>(), provider.GetRequiredService<RepeatedRefusals>()))
        .AddSingleton<IHostedService>(provider => new Rest(provider.GetRequiredService<RepeatedRefusals>()))
        .AddRecurring("refusals", RepeatedRefusals.Together, provider =>
            provider.GetRequiredService<RepeatedRefusals>().TellAsync);

    private sealed class Rest(RepeatedRefusals repeated) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => repeated.TellAllAsync(cancellationToken);
    }
}
