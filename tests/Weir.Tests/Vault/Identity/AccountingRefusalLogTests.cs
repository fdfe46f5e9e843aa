// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>Refused accounting is on record, one entry a minute of each NAS and kind, whatever is sent.</summary>
public class AccountingRefusalLogTests
{
    private const string Address = "198.51.100.7";

    private readonly InMemoryAuditLog _audit = new();
    private readonly FakeTimeProvider _clock = IdentitySamples.Clock(100);
    private readonly AccountingRefusalLog _record;
    private readonly RadiusIntake _intake;

    public AccountingRefusalLogTests()
    {
        _record = new AccountingRefusalLog(_audit, _clock);
        var (counters, terms) = (new RadiusCounters(), new RadiusOptions());
        _intake = new RadiusIntake(
            new RadiusSessions(new IdentityTable(new IdentityTableOptions(), _clock), terms, counters), terms,
            IdentitySamples.Naming, counters, IdentitySamples.Secrets, _record);
    }

    [Fact]
    public async Task Each_kind_has_its_word_and_none_names_who_it_was_about()
    {
        Handle(AccountingMaker.Create(AccountingStatus.Start).Address(Address).Packet("guess"));
        Handle([4, 1, 0]);
        Handle(AccountingMaker.Create(AccountingStatus.Start).Address(Address).Packet(), IpKey.Parse("203.0.113.1"));
        var good = AccountingMaker.Create(AccountingStatus.Start).Address(Address).Packet();
        Handle(good);
        Handle(good);
        Handle(AccountingMaker.Create(AccountingStatus.Start, session: "s2", eventSecond: 100)
            .U32(41, 0).Address(Address).As(2).Packet(), at: IdentitySamples.Ms(100));
        Handle(AccountingMaker.Create(AccountingStatus.Start, session: "s3", eventSecond: -400_000)
            .Address(Address).As(3).Packet());
        Handle(AccountingMaker.Create(AccountingStatus.Start, session: "s4", eventSecond: -700_000)
            .Address(Address).As(4).Packet(), at: IdentitySamples.Ms(-700_000));

        await _record.WriteAsync(everything: false, default);

        Assert.Equal(
            [
                (AuditActions.ClockStepped, "clock-jumped"), (AuditActions.IdentityRefused, "forged"),
                (AuditActions.IdentityRefused, "late"), (AuditActions.IdentityRefused, "malformed"),
                (AuditActions.IdentityRefused, "replayed"), (AuditActions.IdentityRefused, "unknown-nas")],
            _audit.Entries.Select(entry => (entry.Act, entry.Outcome)).Order());
        Assert.All(_audit.Entries, entry => Assert.Equal(1, entry.Rows));
        Assert.All(_audit.Entries, entry => Assert.DoesNotContain(Address, entry.Reason + entry.Subject));
        Assert.DoesNotContain("203.0.113.1", string.Concat(_audit.Entries.Select(entry => entry.Reason)));
        Assert.Equal(
            5, _audit.Entries.Count(entry => entry.Reason.Contains("NAS 192.0.2.0/24", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_flood_is_one_entry_a_minute_and_no_count_is_lost()
    {
        for (var second = 0; second < 180; second++)
        {
            for (var i = 0; i < 10; i++)
            {
                Handle(AccountingMaker.Create(AccountingStatus.Start).Packet("guess"));
            }

            await _record.WriteAsync(everything: false, default);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await _record.WriteAsync(everything: true, default);
        Assert.InRange(_audit.Entries.Count, 3, 4);
        Assert.Equal(1_800, _audit.Entries.Sum(entry => entry.Rows));
    }

    [Fact]
    public async Task What_cannot_be_written_waits()
    {
        Handle([4, 1, 0]);
        _audit.Fails = true;
        await Assert.ThrowsAsync<AuditException>(() => _record.WriteAsync(everything: false, default));
        Handle([4, 1, 0]);
        _audit.Fails = false;
        await _record.WriteAsync(everything: false, default);
        Assert.Equal(2, Assert.Single(_audit.Entries).Rows);
    }

    private void Handle(byte[] packet, IpKey? from = null, long? at = null) =>
        _ = _intake.Handle(packet, from ?? IdentitySamples.Nas, at ?? IdentitySamples.Ms(100), out _);
}
