// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Store.ClickHouse;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.Comparing;

/// <summary>A family's unit and exclusions as SQL, with the scratch tables it leans on.</summary>
internal sealed class FamilyFilter : IAsyncDisposable
{
    /// <summary>First address of the /24 or /48 around an address.</summary>
    private const string Network =
        "toFixedString(if(substring(remote, 1, 12) = unhex('00000000000000000000FFFF'), concat(substring(remote, 1, "
        + "15), unhex('00')), concat(substring(remote, 1, 6), unhex('00000000000000000000'))), 16)";

    private readonly EndpointUnit _unit;
    private readonly List<ScratchTable> _tables = [];
    private readonly List<string> _conditions = [];

    private FamilyFilter(EndpointUnit unit) => _unit = unit;

    /// <summary>The key's columns as they are selected.</summary>
    public string Keys => _unit switch
    {
        EndpointUnit.Endpoint => "remote AS key_remote, port AS key_port, protocol AS key_protocol",
        EndpointUnit.Address => "remote AS key_remote",
        _ => $"{Network} AS key_remote",
    };

    /// <summary>Their names.</summary>
    public string Names => _unit == EndpointUnit.Endpoint ? "key_remote, key_port, key_protocol" : "key_remote";

    public string Where => _conditions.Count == 0 ? "1" : string.Join(" AND ", _conditions);

    /// <param name="client">Store.</param>
    /// <param name="family">Unit and exclusions.</param>
    /// <param name="only">Keys asked about, or null for all.</param>
    /// <param name="cancel">Stops the uploads.</param>
    public static async Task<FamilyFilter> MakeAsync(
        ClickHouseHttp client, FamilyQuery family, IReadOnlyList<Endpoint>? only, CancellationToken cancel)
    {
        var filter = new FamilyFilter(family.Unit);
        try
        {
            if (only is null || family.Unit == EndpointUnit.Network)
            {
                await filter.ExcludeAsync(client, family, cancel);
            }

            if (only is not null)
            {
                // What is asked about by name is sifted here, which spares the engine the exclusions for every row; a
                // network's rows may be partly left out.
                var asked = family.Unit == EndpointUnit.Network ? only : Exclusions.Filter(family, only);
                var table = filter.Add(await ScratchTable.OfEndpointsAsync(client, asked, cancel));
                filter._conditions.Add(family.Unit switch
                {
                    EndpointUnit.Endpoint =>
                        $"(remote, port, protocol) GLOBAL IN (SELECT remote, port, protocol FROM {table})",
                    EndpointUnit.Address => $"remote GLOBAL IN (SELECT remote FROM {table})",
                    _ => $"{Network} GLOBAL IN (SELECT remote FROM {table})",
                });
            }

            return filter;
        }
        catch
        {
            await filter.DisposeAsync();
            throw;
        }
    }

    public Endpoint KeyOf(NativeBlock block, int row)
    {
        var address = new IpKey(block["key_remote"].Key(row));
        return _unit == EndpointUnit.Endpoint
            ? new(address, block["key_port"].Values<ushort>()[row], block["key_protocol"].Values<byte>()[row])
            : new(address, 0, 0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var table in _tables)
        {
            await table.DisposeAsync();
        }
    }

    private async Task ExcludeAsync(ClickHouseHttp client, FamilyQuery family, CancellationToken cancel)
    {
        if (family.Unit == EndpointUnit.Endpoint)
        {
            _conditions.Add("port != 0");
        }

        if (family.Listed.Count > 0)
        {
            var table = Add(await ScratchTable.OfEndpointsAsync(client, [.. family.Listed], cancel));
            _conditions.Add(family.Unit == EndpointUnit.Endpoint
                ? $"(remote, port, protocol) GLOBAL NOT IN (SELECT remote, port, protocol FROM {table})"
                : $"remote GLOBAL NOT IN (SELECT remote FROM {table})");
        }

        if (family.Benign.Count > 0)
        {
            var whole = ScratchTable.ToWholeOctets(family.Benign);
            var table = Add(await ScratchTable.OfPrefixesAsync(client, whole, cancel));
            foreach (var octets in whole.Select(p => p.Length / 8).Distinct().Order())
            {
                _conditions.Add($"substring(remote, 1, {octets}) GLOBAL NOT IN (SELECT substring(network, 1, {octets}) "
                    + $"FROM {table} WHERE octets = {octets})");
            }
        }
    }

    private string Add(ScratchTable table)
    {
        _tables.Add(table);
        return table.Name;
    }
}
