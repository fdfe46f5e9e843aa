// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Time.Testing;
using Weir.Contracts.Approvals;
using Weir.Contracts.Braking;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Braking;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.StoreClient;
using Weir.Tests.Contracts.Approvals;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.StoreProcess;

/// <summary>The store counts the lines of a listed network that evidence is read of, and believes two keys about it
/// (rules.md R21).</summary>
public sealed class EvidenceBrakeTests : IDisposable
{
    private const int Bound = 5;
    private const string Network = "198.51.100.0/24";

    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _olaf = new("olaf", Role.Operator);

    public void Dispose()
    {
        _ana.Dispose();
        _olaf.Dispose();
    }

    [Trait("Attack", "24")]
    [Fact]
    public async Task A_check_after_a_clean_up_is_no_way_around_it()
    {
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Settings = StoreHouse.Configured(options) with { Brake = new() { Lines = Bound } },
            People = new(new People("test-net", [_ana.Person, _olaf.Person])),
        });
        for (var line = 1U; line <= Bound; line++)
        {
            Assert.Null(await ReadAsync(house, line));
        }

        Assert.Null(await CheckAsync(house, 1));
        Assert.Null(await CheckAsync(house, Bound));
        Assert.Equal("entry-held", await CheckAsync(house, Bound + 1));
    }

    /// <summary>Cases that a release let open are worked on after its thirty days.</summary>
    [Fact]
    public void What_was_opened_under_a_release_passes_when_it_is_over_and_what_is_new_is_counted_anew()
    {
        var folder = Directory.CreateTempSubdirectory("weir-brake-");
        try
        {
            using var key = SigningKey.Create();
            var clock = new FakeTimeProvider(StoreHouse.Now);
            var file = Path.Combine(folder.FullName, "decided.json");
            var brake = new OrderBrake(file, Bound, clock);
            brake.Decide(Prefix.Parse(Network), isReleased: true);
            clock.Advance(OrderBrake.DecidedFor + TimeSpan.FromDays(2));
            brake.Decide(Prefix.Parse("203.0.113.0/24"), isReleased: false);

            brake = new OrderBrake(file, Bound, clock);
            Assert.All(Enumerable.Range(1, 3 * Bound), line => Assert.True(brake.Admits(Of(line, StoreHouse.Now))));
            Assert.All(Enumerable.Range(1, Bound), line => Assert.True(brake.Admits(Of(line, clock.GetUtcNow()))));
            Assert.False(brake.Admits(Of(Bound + 1, clock.GetUtcNow())));

            ScopeOrder Of(int line, DateTimeOffset at) => SignedOrders.Make(
                key, new CaseId((ulong)line), new SubjectKey((UInt128)line), new ScopeId((ulong)line), at);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Trait("Attack", "24")]
    [Fact]
    public async Task Evidence_of_no_more_lines_than_the_bound_is_read_until_two_keys_release_it()
    {
        await using var house = await StoreHouse.OpenAsync(options =>
        {
            var configured = StoreHouse.Configured(options);
            return options with
            {
                Settings = configured with { Brake = new() { Lines = Bound } },
                People = new(new People("test-net", [_ana.Person, _olaf.Person])),
            };
        });
        for (var line = 1U; line <= Bound; line++)
        {
            Assert.Null(await ReadAsync(house, line));
        }

        Assert.Equal("entry-held", await ReadAsync(house, Bound + 1));
        Assert.Null(await ReadAsync(house, 1));

        var request = Request(ApprovalAct.HeldRelease);
        var both = new SignedApproval([_ana.Sign(request), _olaf.Sign(request)]);
        Assert.Equal("second-person-needed", await DecideAsync(house, true, null));
        Assert.Equal("second-person-needed", await DecideAsync(house, true, new([_ana.Sign(request)])));
        Assert.Equal("approval-other-text", await DecideAsync(house, false, both));
        Assert.Equal("approval-other-text", await DecideAsync(house, true, both, "198.51.101.0/24"));
        Assert.Equal("entry-held", await ReadAsync(house, Bound + 1));
        Assert.Null(await DecideAsync(house, true, both));
        Assert.Null(await ReadAsync(house, Bound + 1));
        await house.StartAgainAsync();
        Assert.Null(await ReadAsync(house, Bound + 2));

        var chain = await house.ChainAsync();
        Assert.Contains(chain, one => one is { Act: AuditActions.ReleaseHeld, Outcome: AuditActions.Allow }
            && one.Approval == request.Number);
        Assert.Equal(2, chain.Count(one => one.Act == AuditActions.SignApproval));
    }

    /// <summary>The day goes on after a start: the file has the lines, and names none of them.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public async Task A_start_begins_no_day_anew()
    {
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Settings = StoreHouse.Configured(options) with { Brake = new() { Lines = Bound } },
        });
        for (var line = 1U; line <= Bound; line++)
        {
            Assert.Null(await ReadAsync(house, line));
            await house.StartAgainAsync();
        }

        Assert.Null(await ReadAsync(house, 1));
        Assert.Equal("entry-held", await ReadAsync(house, Bound + 1));
    }

    [Fact]
    public void Counted_lines_name_nobody_and_a_write_that_was_cut_off_is_none()
    {
        var folder = Directory.CreateTempSubdirectory("weir-counted-");
        try
        {
            var place = Path.Combine(folder.FullName, "counted");
            var file = Path.Combine(place, "counted-lines.txt");
            var line = new SubjectKey((UInt128)0xABCDEF01);
            var counted = new CountedLines(place);
            var contact = new BrakedContact(Prefix.Parse(Network), line, 20_000, 1);
            counted.Add(counted.Hide(contact));
            Assert.DoesNotContain(line.ToString(), File.ReadAllText(file), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("abcdef01", File.ReadAllText(file), StringComparison.Ordinal);

            File.AppendAllText(file, "20000 198.51.100.0/24 1 00");
            counted = new CountedLines(place);
            Assert.Equal([counted.Hide(contact)], counted.All);
            counted.Add(counted.Hide(contact with { Day = 20_009 }));
            Assert.Equal([counted.Hide(contact with { Day = 20_009 })], new CountedLines(place).All);

            File.WriteAllText(file, "nonsense\n");
            var fault = Assert.Throws<InvalidDataException>(() => new CountedLines(place));
            Assert.Contains(file, fault.Message, StringComparison.Ordinal);
            Assert.Contains("remove it", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_line_that_the_disk_refused_is_kept_before_it_is_let_out_of()
    {
        var folder = Directory.CreateTempSubdirectory("weir-counted-");
        try
        {
            using var key = SigningKey.Create();
            var place = Path.Combine(folder.FullName, "counted");
            var (file, aside) = (Path.Combine(place, "counted-lines.txt"), Path.Combine(place, "aside"));
            var brake = new OrderBrake(
                Path.Combine(folder.FullName, "decided.json"), 1, TimeProvider.System, new CountedLines(place));
            var order = SignedOrders.Make(key, new CaseId(1), new SubjectKey(1), new ScopeId(1), StoreHouse.Now);
            var other = SignedOrders.Make(key, new CaseId(2), new SubjectKey(2), new ScopeId(2), StoreHouse.Now);

            // A folder in its place takes no line.
            File.Move(file, aside);
            Directory.CreateDirectory(file);
            Assert.NotNull(Record.Exception(() => brake.Admits(order)));
            Directory.Delete(file);
            File.Move(aside, file);

            Assert.True(brake.Admits(order));
            Assert.False(brake.Admits(other));
            Assert.Single(new CountedLines(place).All);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void What_is_left_of_a_write_that_failed_goes_with_the_next_and_days_that_alternate_rewrite_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("weir-counted-");
        try
        {
            var place = Path.Combine(folder.FullName, "counted");
            var file = Path.Combine(place, "counted-lines.txt");
            var counted = new CountedLines(place);
            BrakedContact Of(int line, int day) =>
                counted.Hide(new(Prefix.Parse(Network), new SubjectKey((UInt128)line), day, 1));
            counted.Add(Of(1, 20_001));
            File.AppendAllText(file, "20001 198.51.100.0/24 1 00");
            counted.Add(Of(2, 20_000));

            // A rewrite would put another file in its place, which who holds the old one open does not see.
            using var held = new StreamReader(new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            counted.Add(Of(3, 20_001));
            Assert.Equal(3, held.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Equal([Of(1, 20_001), Of(2, 20_000), Of(3, 20_001)], new CountedLines(place).All);

            // Without their key the lines name nobody: another is not made beside them in silence.
            File.Delete(Path.Combine(place, "counted-lines.key"));
            var lost = Assert.Throws<InvalidDataException>(() => new CountedLines(place)).Message;
            Assert.Contains("counted-lines.key is not there", lost, StringComparison.Ordinal);
            Assert.Contains(file, lost, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Somebody made folders where its files belong: who has all rights is refused by them too.</summary>
    [Fact]
    public async Task What_the_disk_refuses_the_brake_is_refused_with_the_file_and_what_to_do()
    {
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Settings = StoreHouse.Configured(options) with { Brake = new() { Lines = Bound } },
            People = new(new People("test-net", [_ana.Person, _olaf.Person])),
        });
        Assert.Null(await ReadAsync(house, 1));
        var decided = house.Options().BrakeFile;
        var lines = Path.Combine(Path.GetDirectoryName(decided)!, "counted", "counted-lines.txt");
        File.Delete(lines);
        _ = Directory.CreateDirectory(lines);
        _ = Directory.CreateDirectory(decided);

        var request = Request(ApprovalAct.HeldRelease);
        foreach (var (file, ask) in ((string, Func<Task>)[])
        [
            (lines, () => OpenRead(house, 2)),
            (decided, () => ((IBrakeKeeper)new StoreBrake(house.Requests)).DecideAsync(
                "a-1", Network, true, new([_ana.Sign(request), _olaf.Sign(request)]), default)),
        ])
        {
            var refused = Assert.IsType<PeerRefusedException>(
                (await Assert.ThrowsAnyAsync<Exception>(ask)).GetBaseException());
            Assert.Equal("store-down", refused.Code);
            Assert.Contains(file, refused.Message, StringComparison.Ordinal);
            Assert.Contains("the own of the user", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_of_decisions_that_is_none_is_named_with_what_to_do()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "nonsense");
            var fault = Assert.Throws<InvalidDataException>(() => new OrderBrake(file, Bound, TimeProvider.System));
            Assert.Contains(file, fault.Message, StringComparison.Ordinal);
            Assert.Contains("restore it, or remove it", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static ApprovalRequest Request(ApprovalAct act) => new()
    {
        Instance = "test-net", Act = act, Number = ApprovalRequest.CreateNumber(), Target = Network,
        Reason = "a true botnet of our customers", NotBefore = StoreHouse.Now.AddHours(-1),
        Expires = StoreHouse.Now.AddHours(-1) + ApprovalRequest.Longest,
    };

    private static Task<string?> ReadAsync(StoreHouse house, uint line) => CodeOfAsync(() => OpenRead(house, line));

    private static Task<IReadOnlyList<EvidenceRow>> OpenRead(StoreHouse house, uint line)
    {
        var order = SignedOrders.Make(
            house.Collector, new CaseId(line), new SubjectKey(line), new ScopeId(line), StoreHouse.Now.AddHours(-2));
        var evidence = new StoreEvidence(house.Requests, _ => order);
        return evidence.ReadAsync(
            new(order.Id, order.Class, order.FromMs, order.UntilMs, ScopeFields.All), 10, default);
    }

    private static Task<string?> CheckAsync(StoreHouse house, uint line)
    {
        var order = SignedOrders.Make(
            house.Collector, new CaseId(line), new SubjectKey(line), new ScopeId(line), StoreHouse.Now.AddHours(-2));
        var check = order with
        {
            Id = new ScopeId(1_000 + line), Purpose = Purpose.RemediationCheck, FromMs = order.UntilMs,
            UntilMs = order.UntilMs + 86_400_000, ExpiresMs = order.UntilMs + 86_400_000,
        };
        var evidence = new StoreEvidence(house.Requests, _ => check);
        return CodeOfAsync(() => evidence.CountAsync(
            new(check.Id, check.Class, check.FromMs, check.UntilMs, ScopeFields.All), default));
    }

    private static Task<string?> DecideAsync(
        StoreHouse house, bool isReleased, SignedApproval? signed, string network = Network) => CodeOfAsync(() =>
        ((IBrakeKeeper)new StoreBrake(house.Requests)).DecideAsync("a-1", network, isReleased, signed, default));

    private static async Task<string?> CodeOfAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (PeerRefusedException refused)
        {
            return refused.Code;
        }
    }
}
