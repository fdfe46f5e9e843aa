// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;
using Weir.Vault;

namespace Weir.Tests.VaultProcess;

/// <summary>Every route and every role: who is not meant is refused before anything is read.</summary>
public sealed class VaultRolesTests
{
    private static readonly PeerRoles[] Roles =
    [
        PeerRoles.Collector, PeerRoles.Store, PeerRoles.Desk, PeerRoles.Vault, PeerRoles.Operator, PeerRoles.Monitor,
    ];

    private static readonly Dictionary<string, string> Meant = new()
    {
        [VaultRoutes.EpochKey] = "collector",
        [VaultRoutes.Intake] = "collector",
        [VaultRoutes.CohortKey] = "store",
        [VaultRoutes.NoiseKey] = "store",
        [VaultRoutes.HeardTime] = "collector",
        [VaultRoutes.LineActivity] = "collector",
        [VaultRoutes.WasActive] = "desk",
        [VaultRoutes.Seal] = "desk",
        [VaultRoutes.Destroy] = "desk",
        [VaultRoutes.Reissue] = "desk",
        [VaultRoutes.Complaint] = "desk",
        [VaultRoutes.Grant] = "desk",
        [VaultRoutes.Disclose] = "desk",
        [VaultRoutes.OpenApproval] = "desk",
        [VaultRoutes.Approval] = "desk",
        [VaultRoutes.SignApproval] = "desk",
        [VaultRoutes.DecideNetwork] = "desk",
        [VaultRoutes.Notice] = "desk",
        [VaultRoutes.NoticePreview] = "desk",
        [VaultRoutes.Protected] = "desk",
        [VaultRoutes.LineRoute] = "desk",
        [VaultRoutes.WithdrawLineRoute] = "desk",
        [VaultRoutes.LineRoutes] = "desk+operator+monitor",
        [VaultRoutes.Garden] = "desk",
        [VaultRoutes.ConsentKey] = "desk",
        [VaultRoutes.UseConsent] = "desk",
        [VaultRoutes.WithdrawnConsents] = "desk",
        [VaultRoutes.CustomerNews] = "desk",
        [VaultRoutes.CustomerActs] = "desk",
        [VaultRoutes.CustomerCase] = "desk",
        [VaultRoutes.GiveConsent] = "operator",
        [VaultRoutes.WithdrawConsents] = "operator",
        [VaultRoutes.Subject] = "operator",
        [RecordRoutes.Lines] = "desk",
        [RecordRoutes.Standing] = "desk",
        [VaultRoutes.Retention] = "desk+operator+monitor",
        [VaultRoutes.Status] = "collector+store+desk+vault+operator+monitor",
    };

    [Fact]
    public async Task Each_route_is_for_those_who_are_meant_and_each_other_role_is_refused()
    {
        await using var house = await VaultHouse.OpenAsync();
        var routes = new PeerRoutes();
        VaultDoor.Map(house.Get<IServiceProvider>(), routes);

        Assert.Equal(Meant.Keys.Order(StringComparer.Ordinal), routes.List().Select(route => route.Path));
        foreach (var (method, path, roles) in routes.List())
        {
            Assert.Equal(Meant[path], roles.Word);
            foreach (var role in Roles)
            {
                using var client = house.As(role);
                var code = await CodeAsync(client, method, path);
                Assert.True(
                    roles.Overlaps(role) ? code != PeerCodes.RoleMayNot : code == PeerCodes.RoleMayNot,
                    $"{role} got {code} for {method} {path}");
            }
        }
    }

    /// <summary>What an empty request is refused with; <c>ok</c> where it is answered.</summary>
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
                using var body = new MemoryStream("{}"u8.ToArray());
                _ = await client.PostRawAsync(path, body, VaultJson.Default.Done);
            }

            return PeerCodes.Ok;
        }
        catch (PeerRefusedException refused)
        {
            return refused.Code;
        }
    }
}
