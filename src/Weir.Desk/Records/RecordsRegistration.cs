// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Desk.Policy;
using Weir.Hosting.Erasing;
using Weir.Hosting.Running;

namespace Weir.Desk.Records;

/// <summary>Puts the records of cases into a host.</summary>
internal static class RecordsRegistration
{
    public const string FileName = "records.sqlite";

    private static readonly TimeSpan TrimPeriod = TimeSpan.FromHours(1);

    /// <param name="services">The host's parts.</param>
    /// <param name="folder">Folder of the records.</param>
    public static IServiceCollection AddRecords(this IServiceCollection services, string folder) => services
        .AddSingleton(_ => RecordsFile.Open(Path.Combine(folder, FileName)))
        .AddSingleton<EventHistory>()
        .AddRecurring("events", TrimPeriod, provider => cancel => TrimAsync(provider, cancel));

    /// <summary>An event is listed as long as evidence of it may be kept (rules.md R10), on the clock that does not
    /// jump.</summary>
    private static Task<long> TrimAsync(IServiceProvider provider, CancellationToken cancel) =>
        provider.GetRequiredService<EventHistory>().TrimAsync(
            provider.GetRequiredService<ErasureClock>().Now
                .AddDays(-provider.GetRequiredService<PolicyProfile>().EvidenceDays).ToUnixTimeMilliseconds(),
            cancel);
}
