// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Complaints;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Cases.Complaints;

public sealed class ComplaintIntakeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 13, 0, 0, TimeSpan.Zero);
    private readonly Vault _vault = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly ComplaintIntake _intake;

    public ComplaintIntakeTests()
    {
        _time.Advance(Now - DateTimeOffset.UnixEpoch);
        _intake = new(
            new ReporterAuthenticator([new("peer") { TrustedFolder = true }]), _vault,
            new RecentComplaints(100), _time);
    }

    [Fact]
    public async Task A_complaint_with_port_and_target_becomes_a_scope_of_ten_minutes()
    {
        var receipt = await ReceiveAsync(Samples.Xarf4);
        var trigger = receipt.Outcomes.Single().Trigger!;

        Assert.Equal(("peer", ReporterAuthentication.TrustedChannel), (receipt.Reporter, receipt.Proof));
        Assert.Equal(Vault.Line, trigger.Subject);
        Assert.Equal("out udp rport=7703 raddr=203.0.113.9", trigger.Class.ToString());
        Assert.Equal((Purpose.ComplaintHandling, ScopeActions.Read, "complaint/xarf4"), (
            ComplaintTrigger.Purpose, ComplaintTrigger.Actions, trigger.Rule));
        Assert.Equal(("11:58:07", "12:08:07"), (Clock(trigger.FromMs), Clock(trigger.UntilMs)));
        Assert.Equal((IpKey.Parse("192.0.2.77"), (ushort?)51234), _vault.Asked.Single());

        static string Clock(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms)
            .ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Without_a_source_port_an_address_of_many_names_nobody()
    {
        var text = Samples.Xarf4.Replace("\"source_port\": 51234,", "", StringComparison.Ordinal);

        var outcome = (await ReceiveAsync(text)).Outcomes.Single();

        Assert.Equal(DenyCode.Unattributable, outcome.Refusal);
        Assert.Contains("source port", outcome.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.77", outcome.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_in_time_is_refused()
    {
        using var end = new ManualResetEventSlim();
        var intake = new ComplaintIntake(
            new ReporterAuthenticator([new("peer") { TrustedFolder = true }]), _vault, new RecentComplaints(100), _time)
        {
            Read = (octets, name) =>
            {
                end.Wait();
                return ComplaintReader.Read(octets, name);
            },
        };
        var receiving = intake.ReceiveAsync(new(Samples.Octets(Samples.Xarf4)) { Channel = "peer" }, default);
        await Until.IsSoAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return receiving.IsCompleted;
        });
        end.Set();

        var refused = (await receiving).Outcomes.Single();
        Assert.Equal(DenyCode.NoTrigger, refused.Refusal);
        Assert.Contains("took more than 30 s", refused.Why, StringComparison.Ordinal);
        Assert.Empty(_vault.Asked);
    }

    [Fact]
    public async Task Nobody_is_asked_about_a_sender_who_is_not_known()
    {
        var receipt = await _intake.ReceiveAsync(new(Samples.Octets(Samples.Xarf4)), default);

        Assert.Equal(DenyCode.NotAuthenticated, receipt.Outcomes.Single().Refusal);
        Assert.Empty(_vault.Asked);
    }

    [Fact]
    public async Task What_names_no_remote_would_open_too_much()
    {
        Assert.Equal(DenyCode.TooWide, (await ReceiveAsync(Samples.ShadowserverScan)).Outcomes.Single().Refusal);
        var bare = Samples.Xarf4.Replace("\"protocol\": \"udp\",", "", StringComparison.Ordinal);
        Assert.Equal(DenyCode.TooWide, (await ReceiveAsync(bare)).Outcomes.Single().Refusal);
        Assert.Empty(_vault.Asked);
    }

    [Fact]
    public async Task The_same_complaint_counts_once_and_another_reporter_s_is_another()
    {
        var first = await ReceiveAsync($"[{Samples.Xarf4},{Samples.Xarf4}]");
        Assert.Equal([false, true], first.Outcomes.Select(o => o.IsRepeated));

        // Nothing was opened yet: the sender may come again.
        Assert.False((await ReceiveAsync(Samples.Xarf4)).Outcomes.Single().IsRepeated);
        _intake.Opened(first, first.Outcomes[0].Complaint!);
        Assert.True((await ReceiveAsync(Samples.Xarf4)).Outcomes.Single().IsRepeated);
        Assert.Equal(2, _vault.Asked.Count);

        var two = new ComplaintIntake(
            new ReporterAuthenticator([new("other") { TrustedFolder = true }]), _vault,
            new RecentComplaints(100), _time);
        Assert.NotNull(
            (await two.ReceiveAsync(new(Samples.Octets(Samples.Xarf4)) { Channel = "other" }, default)).Outcomes
                .Single().Trigger);
    }

    [Fact]
    public async Task A_vault_that_is_down_refuses_now_and_is_asked_again()
    {
        _vault.IsDown = true;
        Assert.Equal(DenyCode.VaultDown, (await ReceiveAsync(Samples.Xarf4)).Outcomes.Single().Refusal);

        _vault.IsDown = false;
        Assert.NotNull((await ReceiveAsync(Samples.Xarf4)).Outcomes.Single().Trigger);
    }

    [Fact]
    public async Task A_time_that_has_not_come_is_refused()
    {
        var text = Samples.Xarf4.Replace("2026-11-22T13:03:07+01:00", "2026-11-22T13:05:01Z", StringComparison.Ordinal);

        Assert.Equal(DenyCode.Unattributable, (await ReceiveAsync(text)).Outcomes.Single().Refusal);
    }

    [Fact]
    public async Task Mail_opens_port_25_out_and_a_controller_both_ways()
    {
        Assert.Equal("out tcp rport=25 raddr=any", (await ReceiveAsync(Samples.Arf)).Outcomes
            .Single().Trigger!.Class.ToString());
        var table = await ReceiveAsync(Samples.Shadowserver);
        Assert.Equal("both tcp rport=443 raddr=198.51.100.7", table.Outcomes[0].Trigger!.Class.ToString());
        Assert.Equal(DenyCode.Unattributable, table.Outcomes[1].Refusal);
        Assert.Equal(4, table.Outcomes.Count + table.Faults.Count);
    }

    [Fact]
    public async Task What_nobody_can_read_is_refused_whole() =>
        Assert.Equal(DenyCode.NoTrigger, (await ReceiveAsync("{ broken")).Outcomes.Single().Refusal);

    [Fact]
    public void The_oldest_complaints_are_forgotten_first()
    {
        var memory = new RecentComplaints(2);
        foreach (var reference in new[] { "a", "b", "b", "c" })
        {
            memory.Remember("peer", reference);
        }

        Assert.Equal([false, true, true], new[] { "a", "b", "c" }.Select(r => memory.Knows("peer", r)));
    }

    private Task<ComplaintReceipt> ReceiveAsync(string text) =>
        _intake.ReceiveAsync(new(Samples.Octets(text)) { Channel = "peer" }, default);

    /// <summary>An address of many: only with a port is a line told.</summary>
    private sealed class Vault : IVault
    {
        public static readonly SubjectKey Line = new(7);

        public List<(IpKey, ushort?)> Asked { get; } = [];

        public bool IsDown { get; set; }

        public Task<SubjectKey?> AttributeAsync(ReportedTraffic report, CancellationToken cancel)
        {
            Asked.Add((report.Address, report.Port));
            return IsDown
                ? throw new VaultDownException("the vault does not answer")
                : Task.FromResult<SubjectKey?>(report.Port is null ? null : Line);
        }

        public Task SealAsync(ScopeOrder order, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task DestroyAsync(CaseId id, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
            IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel) =>
            throw new NotSupportedException();
    }
}
