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

/// <summary>Puts complaints into a host.</summary>
internal static class ComplaintsRegistration
{
    /// <exception cref="InvalidDataException">A reporter's key is none.</exception>
    /// <exception cref="IOException">A reporter's key cannot be read.</exception>
    public static IServiceCollection AddComplaints(this IServiceCollection services, ComplaintsOptions options)
    {
        var reporters = ReporterKeys.Open(options);
        services.AddSingleton(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            return new ComplaintHandler(
                new ComplaintIntake(
                    reporters, provider.GetRequiredService<IVault>(),
                    new ComplaintRecords(provider.GetRequiredService<RecordsFile>(), time), time),
                provider.GetRequiredService<CaseHandler>(), provider.GetRequiredService<IAuditLog>())
            {
                Repeated = provider.GetRequiredService<RepeatedRefusals>(),
            };
        });
        return services.AddRecurring("complaints", ComplaintFolders.Period, provider =>
        {
            var folders = new ComplaintFolders(
                Folders(options), provider.GetRequiredService<ComplaintHandler>(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ComplaintFolders>>());
            folders.Prepare();
            return folders.LookAsync;
        });
    }

    /// <summary>Every folder complaints come by.</summary>
    private static IReadOnlyList<DropFolder> Folders(ComplaintsOptions options) =>
    [
        .. options.SignedDir is { } signed ? new[] { new DropFolder(signed, "", ByMail: false) } : [],
        .. options.MailDir is { } mail ? new[] { new DropFolder(mail, "", ByMail: true) } : [],
        .. options.Reporters
            .Where(r => r.Proof == ReporterProof.Folder).Select(r => new DropFolder(r.Path!, r.Name, ByMail: false)),
    ];
}
