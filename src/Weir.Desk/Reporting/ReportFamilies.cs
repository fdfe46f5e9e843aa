// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Reports;
using Weir.Wire;

namespace Weir.Desk.Reporting;

/// <summary>What lists call the endpoints of a report.</summary>
internal static class ReportFamilies
{
    /// <summary>The sightings, each with the family its list names now; empty where it names none.</summary>
    public static IReadOnlyList<ReportSighting> Name(
        IReadOnlyList<ReportSighting> sightings, Watchlist lists, DateTimeOffset now) =>
    [
        .. sightings.Select(seen =>
            IpKey.TryParse(seen.Remote, out var address) && Protocols.TryParse(seen.Protocol, out var protocol)
            && lists.TryFind(
                new Endpoint(address, seen.Port, protocol), now.ToUnixTimeMilliseconds(), out var entry)
                ? seen with { Family = entry.Family }
                : seen),
    ];
}
