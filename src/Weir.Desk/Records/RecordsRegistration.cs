// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Desk.Records;

/// <summary>Puts the records of cases into a host.</summary>
internal static class RecordsRegistration
{
    public const string FileName = "records.sqlite";

    /// <param name="services">The host's parts.</param>
    /// <param name="folder">Folder of the records.</param>
    public static IServiceCollection AddRecords(this IServiceCollection services, string folder) => services
        .AddSingleton(_ => RecordsFile.Open(Path.Combine(folder, FileName)))
        .AddSingleton<EventHistory>();
}
