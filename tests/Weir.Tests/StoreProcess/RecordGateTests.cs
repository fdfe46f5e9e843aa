// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Desk.Oversight;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;

namespace Weir.Tests.StoreProcess;

/// <summary>A process gives its record to the desk for an auditor, and says when it is at fault (rules.md R25).</summary>
public sealed class RecordGateTests : IDisposable
{
    private readonly string _copy = Directory.CreateTempSubdirectory("weir-copy-").FullName;

    public void Dispose() => Directory.Delete(_copy, recursive: true);

    [Fact]
    public async Task What_the_desk_carries_is_the_record_whole_and_that_it_was_read_stands_in_it()
    {
        await using var house = await StoreHouse.OpenAsync();
        var records = new OtherRecords([house.Desk], house.DeskChain, house.Time);
        Assert.Equal(["store"], records.Names);
        var key = await ReadAsync("key", 0);
        var heads = await ReadAsync("heads", 0);
        var (entries, after) = (new List<string>(), 0L);
        while (await records.ReadAsync("store", Ask("entries", after, 2), default) is { Count: > 0 } some
            && entries.Count < 20)
        {
            entries.AddRange(some);
            after += some.Count;
        }

        AuditLines.Write(Path.Combine(_copy, "store"), string.Concat(key), heads, entries);
        var verified = AuditVerifier.Verify(Path.Combine(_copy, "store"));
        Assert.True(verified.IsSound, string.Join('\n', verified.Faults));
        Assert.Equal(entries.Count, verified.Entries);
        var read = AuditReader.Entries(Path.Combine(_copy, "store")).Select(one => one.Entry)
            .Where(one => one.Act == AuditActions.ReadAudit).ToList();
        Assert.Equal(
            ["for ada: key after 0", "for ada: heads after 0", "for ada: entries after 0"],
            read.Take(3).Select(one => one.Reason));
        Assert.All(read, one => Assert.Equal(("weir-desk", AuditActions.Allow), (one.Actor, one.Outcome)));
        Assert.Equal(
            read.Select(one => one.Request), house.DeskChain.Entries.Take(read.Count).Select(one => one.Request));
        Assert.All(house.DeskChain.Entries, one => Assert.Equal(
            (AuditActions.AskStore, "record/lines", "ada"), (one.Act, one.Reason, one.For)));
        var newest = await records.ReadAsync("store", Ask("entries", 0, 1) with { IsNewest = true }, default);
        Assert.Contains("entries, the newest", Assert.Single(newest!), StringComparison.Ordinal);
        Assert.Null(await records.ReadAsync("vault", Ask("key", 0, 1), default));

        async Task<IReadOnlyList<string>> ReadAsync(string part, long from) =>
            (await records.ReadAsync("store", Ask(part, from, RecordLines.Max), default))!;
    }

    private static RecordAsk Ask(string part, long after, int most) => new("", part, after, most, false, "ada");

    [Fact]
    public async Task Nobody_but_the_desk_reads_it_and_no_other_part_of_the_folder()
    {
        await using var house = await StoreHouse.OpenAsync();
        using var person = house.Peers.Client(new Peer("ada", PeerRoles.Operator), "store");
        foreach (var client in (PeerClient[])[house.Edge, person])
        {
            var refused = await Assert.ThrowsAsync<PeerRefusedException>(() => client.GetAsync(
                RecordRoutes.Lines, RecordJson.Default.RecordLines, new Dictionary<string, string> { ["part"] = "key" }));
            Assert.Equal(403, refused.Status);
        }

        foreach (var (part, number, name) in ((string, string, string)[])
        [
            ("../event.key", RequestNumber.Create(), "ada"), ("key", "", "ada"), ("key", RequestNumber.Create(), ""),
            ("key", RequestNumber.Create(), new string('a', 8_000)), ("key", RequestNumber.Create(), "ada: all\n"),
        ])
        {
            var malformed = await Assert.ThrowsAsync<PeerRefusedException>(() => house.Desk.GetAsync(
                RecordRoutes.Lines, RecordJson.Default.RecordLines, new Dictionary<string, string>
                {
                    ["part"] = part, ["number"] = number, ["for"] = name,
                }));
            Assert.Equal(PeerCodes.Malformed, malformed.Code);
        }

        Assert.DoesNotContain(await house.ChainAsync(), one => one.Act == AuditActions.ReadAudit);
    }

    [Fact]
    public async Task A_fault_of_its_record_is_known_at_the_desk_until_it_is_over()
    {
        await using var house = await StoreHouse.OpenAsync();
        var records = new OtherRecords([house.Desk], house.DeskChain, house.Time);
        await records.AskAsync(default);
        Assert.Empty(records.Faults);

        house.Get<HealthRegistry>().Add("audit-outside", () => ComponentHealth.Degraded("heads do not leave by archive"));
        await records.AskAsync(default);
        var (record, fault, since) = Assert.Single(records.Faults);
        Assert.Equal(("store", "audit-outside: heads do not leave by archive"), (record, fault));

        // Asked again it is the same fault; a store that is away says nothing new.
        house.Time.Step += TimeSpan.FromMinutes(1);
        house.Peers.Stop("store");
        await records.AskAsync(default);
        Assert.Equal(since, Assert.Single(records.Faults).Since);
    }
}
