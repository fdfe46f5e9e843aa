// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Composing;

namespace Weir.Cli.Processes;

/// <summary>The desk's process with its doors for people: the customer's page.</summary>
internal static class DeskServices
{
    public static void Add(IServiceCollection services, ProcessRun run)
    {
        var page = CustomerPage.Open(run.Settings.Selfservice, run.Time);
        services.AddDeskProcess(DeskComponents.Create(run, page.Links));
        page.AddTo(services);
    }
}
