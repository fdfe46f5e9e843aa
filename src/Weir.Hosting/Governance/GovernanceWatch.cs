// SPDX-License-Identifier: Apache-2.0
//
// What is governed while a process runs: looked at again in rounds, so that a change that two people signed comes in
// force in each process by itself, and one that waits is told. Each that comes in force stands on the process's chain.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Running;

namespace Weir.Hosting.Governance;

/// <summary>The governance of one process. One thread refreshes, any asks.</summary>
public sealed class GovernanceWatch
{
    private readonly GovernanceKeeper? _keeper;
    private GovernanceInForce _inForce;
    private string _recorded = "";
    private string _told = "";

    /// <param name="keeper">Null in a lab, which has none.</param>
    /// <exception cref="InvalidDataException">The kept copy cannot be used.</exception>
    public GovernanceWatch(GovernanceKeeper? keeper)
    {
        _keeper = keeper;
        _inForce = keeper?.Load() ?? GovernanceInForce.Lab;
        People = new(_inForce.People);
    }

    /// <summary>As it is now.</summary>
    public GovernanceInForce InForce => Volatile.Read(ref _inForce);

    /// <summary>Whether what is in force follows a governance that was in force before.</summary>
    public bool Follows(string digest) => _keeper?.Follows(InForce, digest) == true;

    /// <summary>Who may approve, with their keys.</summary>
    public CurrentPeople People { get; }

    /// <summary>Whether there is anything to watch.</summary>
    internal bool IsLab => _keeper is null;

    /// <summary>Looks again, records what came in force, tells what waits.</summary>
    /// <param name="audit">The process's chain; null where it has none.</param>
    /// <param name="log">Where it is told.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Whether another came in force than the process began with or saw last.</returns>
    internal async Task<bool> RefreshAsync(IAuditLog? audit, ILogger log, CancellationToken cancel)
    {
        var next = _keeper!.Load();
        var isOther = next.Digest != InForce.Digest;
        if (next.Digest != _recorded)
        {
            await RecordAsync(audit, next, cancel);
            _recorded = next.Digest;
            log.GovernanceInForce(next.Summary);
        }

        Volatile.Write(ref _inForce, next);
        People.Use(next.People);
        if (next.Waits != _told)
        {
            _told = next.Waits;
            if (_told.Length > 0)
            {
                log.GovernanceWaits(_told);
            }
        }

        return isOther;
    }

    private static async Task RecordAsync(IAuditLog? audit, GovernanceInForce next, CancellationToken cancel)
    {
        if (audit is not null)
        {
            _ = await audit.AppendAsync(
                new()
                {
                    Actor = Actor.Weir.Name,
                    Role = Actor.Weir.RoleWord,
                    Act = AuditActions.GovernanceInForce,
                    Outcome = AuditActions.Allow,
                    Reason = next.Summary,
                },
                cancel);
        }
    }
}

/// <summary>Puts the watch into a process's host.</summary>
public static class GovernanceRegistration
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>Adds it; a lab has nothing to watch.</summary>
    /// <param name="services">The process's.</param>
    /// <param name="watch">What is watched.</param>
    /// <param name="changed">Done when another came in force: settings are read again.</param>
    public static IServiceCollection AddGovernance(
        this IServiceCollection services, GovernanceWatch watch, Func<IServiceProvider, Task> changed)
    {
        if (watch.IsLab)
        {
            return services;
        }

        return services.AddRecurring("governance", Period, provider =>
        {
            var log = provider.GetRequiredService<ILogger<GovernanceWatch>>();
            provider.GetRequiredService<HealthRegistry>().Add("governed", () => watch.InForce.Health);
            return async cancel =>
            {
                if (await watch.RefreshAsync(provider.GetService<IAuditLog>(), log, cancel))
                {
                    await changed(provider);
                }
            };
        });
    }
}

/// <summary>Event ids 9050 and 9051.</summary>
internal static partial class GovernanceLog
{
    [LoggerMessage(EventId = 9050, Level = LogLevel.Information, Message = "governance in force: {Summary}")]
    public static partial void GovernanceInForce(this ILogger log, string summary);

    [LoggerMessage(EventId = 9051, Level = LogLevel.Warning, Message = "{Waits}")]
    public static partial void GovernanceWaits(this ILogger log, string waits);
}
