// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;
using Weir.Store;

namespace Weir.Tests.StoreProcess;

/// <summary>Every route of the store and every role, and what each makes of a body that is none.</summary>
public sealed class StoreRolesTests
{
    private static readonly PeerRoles[] Roles =
    [
        PeerRoles.Collector, PeerRoles.Store, PeerRoles.Desk, PeerRoles.Vault, PeerRoles.Operator, PeerRoles.Monitor,
    ];

    private static readonly Dictionary<string, string> Meant = new()
    {
        [StoreRoutes.Segments] = "collector",
        [StoreRoutes.HeardTime] = "collector",
        [StoreRoutes.ReadEvidence] = "desk",
        [StoreRoutes.CountEvidence] = "desk",
        [StoreRoutes.EraseEvidence] = "desk",
        [StoreRoutes.AllowList] = "desk",
        [StoreRoutes.Compare] = "desk",
        [StoreRoutes.Population] = "desk",
        [StoreRoutes.Collateral] = "desk",
        [StoreRoutes.Sighted] = "desk",
        [StoreRoutes.LookBack] = "desk",
        [StoreRoutes.DecideNetwork] = "desk",
        [RecordRoutes.Lines] = "desk",
        [RecordRoutes.Standing] = "desk",
        [StoreRoutes.Coverage] = "desk+operator+monitor",
        [StoreRoutes.Retention] = "desk+operator+monitor",
        [StoreRoutes.Status] = "collector+store+desk+vault+operator+monitor",
    };

    [Fact]
    public async Task Each_route_is_for_those_who_are_meant_and_takes_no_body_but_its_own()
    {
        await using var house = await StoreHouse.OpenAsync();
        var routes = new PeerRoutes();
        StoreDoor.Map(house.Get<IServiceProvider>(), routes);
        Assert.Equal(
            Meant.Keys.Order(StringComparer.Ordinal), routes.List().Select(route => route.Path));

        foreach (var (method, path, roles) in routes.List())
        {
            Assert.Equal(Meant[path], roles.Word);
            foreach (var role in Roles)
            {
                using var client = house.Peers.Client(new Peer($"weir-{role}", role), "store", TimeSpan.FromMinutes(2));
                var code = await CodeAsync(client, method, path);
                Assert.True(
                    !roles.Overlaps(role) ? code == PeerCodes.RoleMayNot
                        : code is PeerCodes.Malformed or StoreCodes.DamagedSegment
                            || (method == "GET" && code == PeerCodes.Ok),
                    $"{role} got {code} for {method} {path}");
            }
        }
    }

    /// <summary>What a body of one brace is refused with; <c>ok</c> where there is none to send.</summary>
    private static async Task<string> CodeAsync(PeerClient client, string method, string path)
    {
        try
        {
            if (method == "GET")
            {
                _ = await client.GetRawAsync(path, (_, _) => Task.FromResult(0));
            }
            else
            {
                using var body = new MemoryStream("{"u8.ToArray());
                _ = await client.PostRawAsync(path, body, StoreJson.Default.Done);
            }

            return PeerCodes.Ok;
        }
        catch (PeerRefusedException refused)
        {
            return refused.Code;
        }
    }
}
