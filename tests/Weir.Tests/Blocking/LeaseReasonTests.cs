// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;

namespace Weir.Tests.Blocking;

/// <summary>Why a block stands as it does: a code with a name and words of its own, and the word of somebody beside
/// it that decides nothing.</summary>
public sealed class LeaseReasonTests
{
    public static TheoryData<LeaseReasonCode> Codes => [.. Enum.GetValues<LeaseReasonCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_code_has_one_name_and_words_of_its_own(LeaseReasonCode code)
    {
        Assert.True(LeaseReason.TryParse(LeaseReason.ToName(code), out var read));
        Assert.Equal(code, read);
        Assert.Equal(code == LeaseReasonCode.None, LeaseReasonText.Format(code).Length == 0);
        Assert.Single(
            Enum.GetValues<LeaseReasonCode>(),
            other => LeaseReasonText.Format(other) == LeaseReasonText.Format(code));
    }

    [Fact]
    public void What_is_no_name_is_none() => Assert.False(LeaseReason.TryParse("emergency stop: drill", out _));

    [Theory]
    [InlineData(LeaseReasonCode.EmergencyStop, "drill", "emergency stop: drill")]
    [InlineData(LeaseReasonCode.Ordered, "a mistake", "a mistake")]
    [InlineData(LeaseReasonCode.LetOut, "olaf", "let out by olaf")]
    [InlineData(LeaseReasonCode.VaultRefused, "no line", "the vault does not announce it: no line")]
    public void People_read_it_with_the_word_of_who_gave_it(LeaseReasonCode code, string detail, string words) =>
        Assert.Equal(words, LeaseReasonText.Format(new(code, detail)));

    /// <summary>A person's word is theirs: whoever writes "emergency stop" into a withdrawal stops nothing else.</summary>
    [Fact]
    public async Task Only_an_emergency_stop_is_one_whatever_a_person_writes()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        using var desk = await FakeMitigationRecords.DeskAsync(new FakeMitigationRecords(), time);
        var lease = (await desk.PlanAsync(
            MitigationTarget.Parse("flowspec 198.51.100.7/32 tcp 443 discard"),
            MitigationSamples.CountedAt(time.GetUtcNow()), default, "ana", "analyst", default)).Lease!;

        _ = await desk.WithdrawAsync(
            [lease.Id], new(LeaseReasonCode.Ordered, "emergency stop: of this one"), "ana", "analyst", default);
        Assert.Null(desk.StoppedAt);

        _ = await desk.PlanAsync(
            MitigationTarget.Parse("flowspec 198.51.100.7/32 tcp 443 discard"),
            MitigationSamples.CountedAt(time.GetUtcNow()), default, "ana", "analyst", default);
        _ = await desk.StopAllAsync("drill", "otto", "operator", default);
        Assert.Equal(time.GetUtcNow(), desk.StoppedAt);
    }

    /// <summary>Whatever a person, a router or the vault said of it.</summary>
    [Fact]
    public void Every_reason_comes_back_from_a_row_as_it_was() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<LeaseReasonCode>(), ArbMap.Default.ArbFor<NonNull<string>>(), (code, detail) =>
            {
                var lease = MitigationSamples.Lease("blackhole 198.51.100.7/32") with { Reason = new(code, detail.Get) };
                Assert.Equal(lease.Reason, LeaseRow.From(lease).ToLease().Reason);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task The_journal_keeps_code_and_word_apart()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var journal = MitigationJournal.Open(path);
            var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
            var records = new FakeMitigationRecords();
            using var desk = await FakeMitigationRecords.DeskAsync(records, time);
            _ = await desk.PlanAsync(
                MitigationTarget.Parse("flowspec 198.51.100.7/32 tcp 443 discard"),
                MitigationSamples.CountedAt(time.GetUtcNow()), default, "ana", "analyst", default);
            _ = await desk.StopAllAsync("let out by nobody", "otto", "operator", default);
            await journal.WriteAsync([.. records.Rows], default);

            var row = Assert.Single(await journal.LoadAsync(DateTimeOffset.UnixEpoch, default));

            Assert.Equal(("emergency-stop", "let out by nobody"), (row.Reason, row.ReasonDetail));
            Assert.Equal(
                new(LeaseReasonCode.EmergencyStop, "let out by nobody"), row.ToLease().Reason);
            Assert.Throws<FormatException>(() => (row with { Reason = "emergency stop: drill" }).ToLease());
        }
        finally
        {
            foreach (var file in (string[])[path, $"{path}-wal", $"{path}-shm"])
            {
                File.Delete(file);
            }
        }
    }
}
