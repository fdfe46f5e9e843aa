// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Desk.Alerts;
using Weir.Desk.Lists;
using Weir.Desk.Oversight;
using Weir.Desk.Policy;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Cases;
using Weir.Tests.Hosting;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Notifying;

/// <summary>The privacy officer is told without asking (rules.md R25), and is told nothing else.</summary>
public sealed class OversightTests
{
    [Fact]
    public async Task Who_is_refused_in_number_what_is_sealed_and_what_waits_is_told()
    {
        await using var place = await OpenAsync();
        using var lists = new ListSet(new CurrentWatchlist(), [], place.Clock, NullLoggerFactory.Instance);
        var health = new HealthRegistry(place.Clock);
        var waits = ComponentHealth.Ok;
        health.Add("governed", () => waits);
        health.Add("audit-outside", () => ComponentHealth.Ok);
        var book = new OversightBook(place.Desk, lists, health, new([], place.Audit, place.Clock), place.Clock);
        Assert.Empty(book.Alarms);

        for (var i = 0; i < PolicyProfile.UsProvider.RefusalsToNotify; i++)
        {
            _ = await place.Desk.Engine.DecideAsync(Ana, new Request.LookUpSubject(), default);
        }

        await place.HandleAsync(Flood(1, 1) with { Doubt = EvidenceDoubt.NewStream });
        waits = ComponentHealth.Degraded("governance waits: it is signed by ana");
        health.Add("audit-outside", () => ComponentHealth.Degraded("heads do not leave by archive"));

        var told = book.Alarms.ToDictionary(one => one.Kind);
        Assert.Equal(
            ["chain-fault", "governance-waits", "refusals-in-number", "scopes-sealed"], told.Keys.Order());
        Assert.Equal("ana", told["refusals-in-number"].Key);
        Assert.Contains("1 rest on what is not corroborated", told["scopes-sealed"].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(told.Values, one => one.Text.Contains(Subject(1).ToString(), StringComparison.Ordinal));

        place.Clock.Advance(TimeSpan.FromHours(25));
        Assert.DoesNotContain(book.Alarms, one => one.Kind == "refusals-in-number");
    }

    /// <summary>Records of the other processes as the desk's own.</summary>
    [Fact]
    public async Task A_fault_of_another_process_s_record_is_told_under_its_name()
    {
        await using var place = await OpenAsync();
        using var lists = new ListSet(new CurrentWatchlist(), [], place.Clock, NullLoggerFactory.Instance);
        using var counted = new Counted();
        using var peers = new MemoryPeers(place.Clock, counted.Meters, NullLoggerFactory.Instance);
        var fault = "";
        peers.Start("vault", new PeerRoutes().Get(
            RecordRoutes.Standing, PeerRoles.Desk, RecordJson.Default.RecordStanding,
            (_, _) => Task.FromResult<RecordStanding?>(new(fault))));
        using var vault = peers.Client(new("weir-desk", PeerRoles.Desk), "vault");
        var records = new OtherRecords([vault], place.Audit, place.Clock);
        var book = new OversightBook(place.Desk, lists, new HealthRegistry(place.Clock), records, place.Clock);

        await records.AskAsync(default);
        Assert.Empty(book.Alarms);
        fault = "audit: no space left on device";
        await records.AskAsync(default);
        var told = Assert.Single(book.Alarms);
        Assert.Equal(("chain-fault", "vault"), (told.Kind, told.Key));
        Assert.Contains("the record of the vault: audit: no space left", told.Text, StringComparison.Ordinal);
        fault = "";
        await records.AskAsync(default);
        Assert.Empty(book.Alarms);
    }

    [Fact]
    public void A_channel_of_the_officers_sends_that_and_nothing_else()
    {
        var channel = new OfficerChannel(new Silent());

        Assert.All(OversightKinds.All, kind => Assert.True(channel.Wants(Made(kind))));
        Assert.True(channel.Wants(Made("alarm-over", "list-held")));
        Assert.True(channel.Wants(Made("test")));
        Assert.False(channel.Wants(Made("case-opened")));
        Assert.False(channel.Wants(Made("alarm-over", "exporter-silent")));
        Assert.True(((IAlertChannel)new Silent()).Wants(Made("case-opened")));
    }

    private static Alert Made(string kind, string alarm = "") => new()
    {
        Id = "a-1", At = DateTimeOffset.UnixEpoch, Kind = kind, Severity = Severity.Notice, Text = "",
        Words = new Dictionary<string, string> { ["alarm"] = alarm },
    };

    private sealed class Silent : IAlertChannel
    {
        public string Name => "officer";

        public Task SendAsync(Alert alert, CancellationToken cancel) => Task.CompletedTask;
    }
}
