// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Console.Account;
using Weir.Desk.Console.Approvals;
using Weir.Desk.Console.Blocks;
using Weir.Desk.Console.Cases;
using Weir.Desk.Console.Compare;
using Weir.Desk.Console.Endpoints;
using Weir.Desk.Console.Exporters;
using Weir.Desk.Console.Happenings;
using Weir.Desk.Console.Instance;
using Weir.Desk.Console.Lists;
using Weir.Desk.Console.Notices;
using Weir.Desk.Console.Now;
using Weir.Desk.Console.Records;
using Weir.Desk.Console.Routing;

namespace Weir.Desk.Console;

/// <summary>All pages, a line each.</summary>
internal static class ConsoleRouteTable
{
    public static ConsoleRoutes Create()
    {
        var routes = new ConsoleRoutes();
        NowPage.Map(routes);
        EventsPage.Map(routes);
        ExportersPage.Map(routes);
        CasesPage.Map(routes);
        CaseFilePage.Map(routes);
        CaseActs.Map(routes);
        EndpointsPage.Map(routes);
        ComparePage.Map(routes);
        BlocksPage.Map(routes);
        LineBlockPage.Map(routes);
        BlockPage.Map(routes);
        NoticesPage.Map(routes);
        ListsPage.Map(routes);
        ApprovalsPage.Map(routes);
        CarryOut.Map(routes);
        DisclosurePage.Map(routes);
        AuditPage.Map(routes);
        OversightPage.Map(routes);
        TransparencyReportsPage.Map(routes);
        RetentionHeldPage.Map(routes);
        GovernancePage.Map(routes);
        SettingsPage.Map(routes);
        HealthPage.Map(routes);
        routes.Page("changes", "GET changes", "now", _ => Task.FromResult<ConsoleAnswer>(
            new StreamAnswer(new("GET", "changes"))));
        MePage.Map(routes);
        PasswordPage.Map(routes);
        return routes;
    }
}
