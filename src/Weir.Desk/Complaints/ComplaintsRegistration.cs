// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Desk.Cases;
using Weir.Desk.Records;
using Weir.Hosting.Auditing;
using Weir.Hosting.Running;
using Weir.Hosting.Sections;

namespace Weir.Desk.Complaints;

/// <summary>Who may complain, and where complaints lie.</summary>
internal sealed record ComplaintsOptions(ReporterAuthenticator Reporters, IReadOnlyList<DropFolder> Folders);

/// <summary>Puts complaints into a host.</summary>
internal static class ComplaintsRegistration
{
    public static IServiceCollection AddComplaints(this IServiceCollection services, ComplaintsOptions options)
    {
        services.AddSingleton(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            return new ComplaintHandler(
                new ComplaintIntake(
                    options.Reporters, provider.GetRequiredService<IVault>(),
                    new ComplaintRecords(provider.GetRequiredService<RecordsFile>(), time), time),
                provider.GetRequiredService<CaseHandler>(), provider.GetRequiredService<IAuditLog>());
        });
        return services.AddRecurring("complaints", ComplaintFolders.Period, provider =>
        {
            var folders = new ComplaintFolders(
                options.Folders, provider.GetRequiredService<ComplaintHandler>(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ComplaintFolders>>());
            folders.Prepare();
            return folders.LookAsync;
        });
    }
}
