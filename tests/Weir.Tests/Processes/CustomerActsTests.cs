// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Peers.Memory;
using Weir.Tests.Support;

namespace Weir.Tests.Processes;

/// <summary>What a customer says on the vault's page reaches the desk once, whoever of the two dies and whatever is
/// lost between them.</summary>
public class CustomerActsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_customers_word_outlives_kills_of_both_and_a_network_that_loses_and_repeats(int seed)
    {
        await using var weir = new FourProcesses();
        await weir.StartAsync();
        weir.Raise(1, "10.0.0.1");
        await Until.IsSoAsync(
            () => Task.FromResult(weir.Desk.Files.Any(file => file.IsSealed)), "the case is sealed", told: () => weir.All);
        var id = weir.Desk.Files.Single().Id;
        using (var http = ClientOf(weir))
        {
            Assert.Contains("Flood of packets from your line", await http.GetStringAsync(Link(weir, id)),
                StringComparison.Ordinal);
        }

        // The desk is away; the page says so, and takes the customer's word all the same.
        await weir.KillDeskAsync();
        using (var http = ClientOf(weir))
        {
            await SayAsync(weir, http, id, "fixed");
            await SayAsync(weir, http, id, "appeal", "it was a guest");
        }

        await weir.KillVaultAsync();
        await weir.StartVaultAsync();
        Assert.Equal(2, weir.Acts.Waiting.Count);

        var dice = new Random(seed);
        var gate = new Lock();
        weir.Network.Fate = _ =>
        {
            lock (gate)
            {
                return dice.Next(4) switch
                {
                    0 => MemoryFate.LoseRequest, 1 => MemoryFate.LoseReply, 2 => MemoryFate.Duplicate,
                    _ => MemoryFate.Deliver,
                };
            }
        };
        await weir.StartDeskAsync();
        await Until.IsSoAsync(
            () => Task.FromResult(weir.Acts.Waiting.Count == 0), "the desk took both", told: () => weir.All);

        var file = weir.Desk.Find(id)!;
        Assert.Single(file.Scopes, scope => scope.Scope.Purpose == Purpose.RemediationCheck);
        Assert.Equal("it was a guest", Assert.Single(file.Comments, one => one.By == "customer").Text);
        weir.Network.Fate = _ => MemoryFate.Deliver;
        await weir.KillDeskAsync();
        await weir.KillVaultAsync();
        Assert.Equal(
            Numbers(weir.VaultAudit, AuditActions.SayFixed, AuditActions.Appeal),
            Numbers(weir.DeskAudit, AuditActions.EditCase, AuditActions.Appeal));
        Assert.Empty(ChainJoin.Between(weir.DeskAudit, weir.VaultAudit).Missing);
        await weir.StartVaultAsync();
        await weir.StartDeskAsync();
    }

    private static string[] Numbers(string folder, params string[] acts) =>
    [
        .. AuditReader.Entries(folder).Select(record => record.Entry)
            .Where(entry => entry.Actor == "customer" && acts.Contains(entry.Act))
            .Select(entry => entry.Request).Order(StringComparer.Ordinal),
    ];

    private static HttpClient ClientOf(FourProcesses weir) =>
        new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = weir.Page };

    private static string Link(FourProcesses weir, CaseId id) =>
        "/c/" + weir.Links.Sign(id, TimeProvider.System.GetUtcNow().AddDays(1));

    private static async Task SayAsync(FourProcesses weir, HttpClient http, CaseId id, string want, string words = "")
    {
        var link = Link(weir, id);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["form"] = weir.Links.SignForm(link["/c/".Length..], TimeProvider.System.GetUtcNow().AddHours(1)),
            ["want"] = want, ["words"] = words,
        });
        using var answer = await http.PostAsync(link, form);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }
}
