// SPDX-License-Identifier: Apache-2.0
//
// Which routes stand for which case, a file for each, sealed under a key derived from the case's own and destroyed with
// it. Where the line is stands in none: it is looked up each time a router is told.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Vault.Sealing;

namespace Weir.Vault.LineRoutes;

/// <summary>A route that should stand.</summary>
internal sealed record LineRoute(CaseId Case, LeaseId Lease, MitigationTarget Target, DateTimeOffset EndsAt);

/// <summary>The routes of all cases. Safe for any thread.</summary>
internal sealed class LineRouteStore
{
    private const string Beside = "routes";

    private readonly Lock _gate = new();
    private readonly CaseSealStore _seals;
    private readonly Dictionary<LeaseId, LineRoute> _routes = [];

    /// <exception cref="InvalidDataException">What stands cannot be read.</exception>
    public LineRouteStore(CaseSealStore seals)
    {
        _seals = seals;
        foreach (var id in seals.All())
        {
            foreach (var route in Read(id))
            {
                _routes[route.Lease] = route;
            }
        }
    }

    public IReadOnlyList<LineRoute> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _routes.Values];
            }
        }
    }

    public LineRoute? Find(LeaseId lease)
    {
        lock (_gate)
        {
            return _routes.GetValueOrDefault(lease);
        }
    }

    /// <summary>Durable when it returns.</summary>
    public void Put(LineRoute route)
    {
        lock (_gate)
        {
            _routes[route.Lease] = route;
            Write(route.Case);
        }
    }

    /// <summary>Durable when it returns.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(LeaseId lease)
    {
        lock (_gate)
        {
            if (!_routes.Remove(lease, out var route))
            {
                return false;
            }

            Write(route.Case);
            return true;
        }
    }

    private List<LineRoute> Read(CaseId id)
    {
        var rows = _seals.OpenBeside(id, Beside) is { } plain
            ? JsonSerializer.Deserialize(plain, LineRouteJson.Default.ListLineRouteRow)
            : null;
        return [.. (rows ?? []).Select(row => new LineRoute(
            id, LeaseId.TryParse(row.Lease, out var lease) ? lease : throw new InvalidDataException(
                $"{id}: the routes beside its seal cannot be read; restore the file, or remove it"),
            MitigationTarget.Parse(row.Target), row.EndsAt))];
    }

    private void Write(CaseId id)
    {
        if (_seals.Open(id) is null)
        {
            return;
        }

        List<LineRouteRow> rows = [.. _routes.Values.Where(route => route.Case == id).Select(
            route => new LineRouteRow(route.Lease.ToString(), route.Target.ToString(), route.EndsAt))];
        _seals.CloseBeside(
            id, Beside, JsonSerializer.SerializeToUtf8Bytes(rows, LineRouteJson.Default.ListLineRouteRow));
    }
}

internal sealed record LineRouteRow(string Lease, string Target, DateTimeOffset EndsAt);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(List<LineRouteRow>))]
internal sealed partial class LineRouteJson : JsonSerializerContext;
