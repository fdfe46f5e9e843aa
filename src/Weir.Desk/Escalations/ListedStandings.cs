// SPDX-License-Identifier: Apache-2.0
//
// What lists, the latest comparison and the store say of an endpoint that Weir is to close by itself (that
// takes two independent sources or a confirmation of its own).
using System.Text.Json;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Mitigation;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Wire;
using Weir.Wire.Native;
using Endpoint = Weir.Contracts.Flows.Endpoint;
using ListRole = Weir.Contracts.Lists.ListRole;

namespace Weir.Desk.Escalations;

/// <param name="lists">Lists in force.</param>
/// <param name="trusted">Names of those that confirm alone.</param>
/// <param name="collateral">Counts.</param>
/// <param name="cases">Who has a case.</param>
/// <param name="report">The latest report of the comparison.</param>
/// <param name="time">The clock.</param>
internal sealed class ListedStandings(
    CurrentWatchlist lists, IReadOnlyCollection<string> trusted, ICollateralCounts collateral, CaseHandler cases,
    string report, TimeProvider time)
    : IEndpointStatusLookup
{
    /// <summary>The list of what two people promoted.</summary>
    public const string Promoted = "promoted";

    /// <exception cref="StoreException">Nobody can be counted now.</exception>
    public async Task<EndpointStatus> GetAsync(Endpoint endpoint, CancellationToken cancel)
    {
        var inCases = cases.Files.Where(f => f.State != CaseState.Erased).Select(f => f.Subject).ToList();
        var target = MitigationTarget.Endpoint(
            Wire.Prefix.From(endpoint.Address, 128), endpoint.Protocol, endpoint.Port == 0 ? [] : [endpoint.Port]);
        return new(Confirmed(endpoint), IsShared(endpoint), await collateral.CountAsync(target, inCases, cancel));
    }

    private string Confirmed(Endpoint endpoint)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var all = lists.Current.All(endpoint).Where(entry => entry.IsValidAt(now)).ToList();
        var names = all.Where(entry => entry.Role == ListRole.C2)
            .Select(entry => entry.List).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return all.Exists(entry => entry.Role == ListRole.Allow) ? ""
            : names.Contains(Promoted) ? "two people"
            : names.Find(trusted.Contains) is { } one ? one
            : names.Count >= 2 ? string.Join(" and ", names)
            : "";
    }

    /// <summary>Whether the latest comparison calls it shared. No report yet says nothing.</summary>
    private bool IsShared(Endpoint endpoint)
    {
        try
        {
            using var read = JsonDocument.Parse(File.ReadAllBytes(report));
            return read.RootElement.TryGetProperty("candidates", out var candidates)
                && candidates.EnumerateArray().Any(c =>
                    c.GetProperty("status").GetString() == "shared"
                    && c.GetProperty("remote").GetString() == endpoint.Address.ToString()
                    && c.GetProperty("port").GetInt32() == endpoint.Port && c.GetProperty("protocol").GetString()
                        == Weir.Contracts.Flows.Protocols.ToName(endpoint.Protocol));
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
