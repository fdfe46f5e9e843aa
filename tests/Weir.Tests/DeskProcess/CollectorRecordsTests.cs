// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Collector.Status;
using Weir.Contracts.Protocol;
using Weir.Desk.Collectors;
using Weir.Desk.Oversight;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Hosting;
using Weir.Tests.Support;

namespace Weir.Tests.DeskProcess;

/// <summary>A collector has no door: it asks what is wanted of its record, and brings it (rules.md R25).</summary>
public sealed class CollectorRecordsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-courier-").FullName;
    private readonly Counted _counted = new();
    private readonly MemoryPeers _peers;
    private readonly CollectorStatuses _statuses = new(TimeProvider.System);
    private readonly CollectorRecords _records;

    public CollectorRecordsTests()
    {
        _peers = new(TimeProvider.System, _counted.Meters, NullLoggerFactory.Instance);
        _records = new(_statuses, TimeProvider.System);
        _peers.Start("desk", _records.Map(new PeerRoutes()));
    }

    public void Dispose()
    {
        _peers.Dispose();
        _counted.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_auditor_reads_a_collectors_record_through_the_desk_and_it_holds()
    {
        Hear("edge-1", "weir-collector");
        var options = new AuditOptions { Directory = Path.Combine(_folder, "audit") };
        await using var audit = FileAuditLog.Open(options, TimeProvider.System, NullLogger<FileAuditLog>.Instance, null);
        using var desk = Client("weir-collector");
        using var courier = new RecordCourier("edge-1", options.Directory, audit, desk, TimeProvider.System);
        await courier.StartAsync(default);
        var others = new OtherRecords([], audit, TimeProvider.System, _records);
        Assert.Equal(["edge-1"], others.Names);

        var (key, heads) = (await ReadAsync("key"), await ReadAsync("heads"));
        var entries = await ReadAsync("entries");
        AuditLines.Write(Path.Combine(_folder, "copy"), string.Concat(key), heads, entries);
        var verified = AuditVerifier.Verify(Path.Combine(_folder, "copy"));
        Assert.True(verified.IsSound, string.Join('\n', verified.Faults));
        Assert.Contains(
            AuditReader.Entries(Path.Combine(_folder, "copy")), one => one.Entry.Reason == "for ada: heads after 0");
        await courier.StopAsync(default);

        async Task<IReadOnlyList<string>> ReadAsync(string part) =>
            (await others.ReadAsync("edge-1", new("", part, 0, RecordLines.Max, false, "ada"), default))!;
    }

    [Fact]
    public async Task Nobody_takes_or_answers_what_another_collector_was_asked()
    {
        Hear("edge-1", "weir-collector");
        using var thief = Client("weir-other");
        using var own = Client("weir-collector");
        var reading = _records.ReadAsync("edge-1", new("", "key", 0, 1, false, "ada"), default);
        var stolen = thief.GetAsync(
            RecordRoutes.Asked, RecordJson.Default.RecordAsk, new Dictionary<string, string> { ["name"] = "edge-1" },
            TimeSpan.FromSeconds(40));
        var asked = await own.GetAsync(
            RecordRoutes.Asked, RecordJson.Default.RecordAsk, new Dictionary<string, string> { ["name"] = "edge-1" },
            TimeSpan.FromSeconds(40));
        Assert.Equal("ada", asked!.For);
        await AnswerAsync(thief, "forged");
        Assert.False(reading.IsCompleted);
        await AnswerAsync(own, "true");
        Assert.Equal(["true"], await reading);
        Assert.False(stolen.IsCompletedSuccessfully && await stolen is not null);

        Task AnswerAsync(PeerClient who, string line) => who.PostAsync(
            RecordRoutes.Answer, new(asked.Number, "edge-1", [line]), RecordJson.Default.RecordAnswer,
            DeskJson.Default.Done);
    }

    [Fact]
    public async Task One_that_is_not_heard_is_told_of_and_a_fault_is_told_until_it_is_over()
    {
        var away = await Assert.ThrowsAsync<PeerDownException>(
            () => _records.ReadAsync("edge-9", new("", "key", 0, 1, false, "ada"), default));
        Assert.Contains("collector edge-9 did not give", away.Message, StringComparison.Ordinal);

        Hear("edge-1", "weir-collector");
        Assert.Empty(_records.Faults);
        Hear("edge-1", "weir-collector", "audit: no space left on device");
        var since = Assert.Single(_records.Faults).Since;
        Hear("edge-1", "weir-collector", "audit: no space left on device");
        Assert.Equal(("edge-1", "audit: no space left on device", since), Assert.Single(_records.Faults));
        Hear("edge-1", "weir-collector");
        Assert.Empty(_records.Faults);
    }

    [Fact]
    public void One_peer_that_gives_many_names_keeps_no_other_collector_out_and_what_is_long_silent_makes_room()
    {
        var clock = new FakeTimeProvider();
        var statuses = new CollectorStatuses(clock);
        Assert.Equal(
            CollectorStatuses.MaxOfPeer,
            Enumerable.Range(0, CollectorStatuses.Max).Count(i => statuses.TryHear("greedy", Status($"name-{i}"))));
        Assert.True(statuses.TryHear("edge-1", Status("edge-1")));

        clock.Advance(CollectorStatuses.ForgottenAfter);
        Assert.True(statuses.TryHear("edge-1", Status("edge-1")));
        Assert.True(statuses.TryHear("greedy", Status("new")));

        Assert.Equal(CollectorStatuses.MaxOfPeer + 1, statuses.All.Count);
        Assert.Contains(statuses.All, heard => heard.Status.Name == "new");
        Assert.Contains(statuses.All, heard => heard.Status.Name == "edge-1");
    }

    private PeerClient Client(string peer) => _peers.Client(new Peer(peer, PeerRoles.Collector), "desk");

    private void Hear(string name, string peer, string fault = "") =>
        Assert.True(_statuses.TryHear(peer, Status(name, fault)));

    private static CollectorStatus Status(string name, string fault = "") => new()
    {
        Name = name, StartedAt = TimeProvider.System.GetUtcNow(), At = TimeProvider.System.GetUtcNow(), Listeners = [],
        Flows = new(), Exporters = [], Held = new(null, 0, 0, 0, 0, 0, 0), Stopped = [], Detected = new(),
        RefusedOrders = new Dictionary<string, long>(), RecordFault = fault,
    };
}
