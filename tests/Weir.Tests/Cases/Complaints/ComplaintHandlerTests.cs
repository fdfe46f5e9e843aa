// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Complaints;
using Weir.Hosting.Auditing;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Cases.Complaints;

/// <summary>From a third party's file to a scope of ten minutes: worked example 12.</summary>
public sealed class ComplaintHandlerTests
{
    [Fact]
    public async Task A_complaint_opens_what_it_speaks_of_once()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        place.Clock.Advance(new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.Zero) - place.Clock.GetUtcNow());
        place.Vault.Attribute = (_, port) => port is null ? null : CaseHandlerFixture.Subject(7);
        using var desk = new ComplaintHandler(new(new ReporterAuthenticator([
            new("peer") { TrustedFolder = true }]), place.Vault, new RecentComplaints(), place.Clock), place.Desk, place.Audit);

        await desk.ReceiveAsync(new(Samples.Octets(Samples.Xarf4)) { Channel = "peer" }, default);
        await desk.ReceiveAsync(new(Samples.Octets(Samples.Xarf4)) { Channel = "peer" }, default);

        var scope = Assert.Single(place.Scopes).Scope;
        Assert.Equal((Purpose.ComplaintHandling, "complaint/xarf4", CaseHandlerFixture.Subject(7)), (
            scope.Purpose, scope.Trigger.Split('#')[0], scope.Subject));
        Assert.Equal("out udp rport=7703 raddr=203.0.113.9", scope.Class.ToString());
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 11, 58, 7, TimeSpan.Zero).ToUnixTimeMilliseconds(), scope.FromMs);
    }

    [Fact]
    public async Task A_stop_before_the_complaint_was_remembered_opens_no_second_scope()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        place.Clock.Advance(new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.Zero) - place.Clock.GetUtcNow());
        place.Vault.Attribute = (_, _) => CaseHandlerFixture.Subject(7);
        for (var start = 0; start < 2; start++)
        {
            using var desk = new ComplaintHandler(
                new(
                    new ReporterAuthenticator(
                        [new("peer") { TrustedFolder = true }, new("other") { TrustedFolder = true }]),
                    place.Vault, new RecentComplaints(), place.Clock),
                place.Desk, place.Audit);
            await desk.ReceiveAsync(new(Samples.Octets(Samples.Xarf4)) { Channel = "peer" }, default);
        }

        Assert.Single(place.Scopes);
        using var later = new ComplaintHandler(new(new ReporterAuthenticator([
            new("other") { TrustedFolder = true }]), place.Vault, new RecentComplaints(), place.Clock), place.Desk, place.Audit);
        await later.ReceiveAsync(new(Samples.Octets(Samples.Xarf4)) { Channel = "other" }, default);
        Assert.Equal(2, place.Scopes.Count());
    }

    [Fact]
    public async Task What_opens_nothing_is_recorded_with_why_and_without_an_address()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        place.Clock.Advance(new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.Zero) - place.Clock.GetUtcNow());
        using var desk = new ComplaintHandler(new(new ReporterAuthenticator([
            new("peer") { TrustedFolder = true }]), place.Vault, new RecentComplaints(), place.Clock), place.Desk, place.Audit);

        await desk.ReceiveAsync(new(Samples.Octets(Samples.Xarf4)), default);
        await desk.ReceiveAsync(new(Samples.Octets(Samples.Xarf4)) { Channel = "peer" }, default);
        await desk.ReceiveAsync(new(Samples.Octets(Samples.ShadowserverScan)) { Channel = "peer" }, default);

        Assert.Empty(place.Scopes);
        Assert.Equal(
            ["not-authenticated", "unattributable", "too-wide"],
            place.Audit.EntriesOf(AuditActions.Complaint).Select(e => e.Outcome));
        Assert.All(place.Audit.Entries, e =>
            Assert.DoesNotContain(IpKey.Parse("192.0.2.77").ToString(), e.ToString(), StringComparison.Ordinal));
    }

    /// <summary>Ten seconds of complaints that nobody believes: their number is on record, and not one entry each.
    /// </summary>
    [Trait("Attack", "32")]
    [Fact]
    public async Task Refused_complaints_in_number_are_told_together()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        var together = new RepeatedRefusals(place.Audit, place.Clock);
        using var desk = new ComplaintHandler(new(new ReporterAuthenticator([
            new("peer") { TrustedFolder = true }]), place.Vault, new RecentComplaints(), place.Clock), place.Desk, place.Audit)
        {
            Repeated = together,
        };
        for (var i = 0; i < 1_000; i++)
        {
            _ = await desk.ReceiveAsync(new(Samples.Octets(Samples.Xarf4)) { Channel = $"nobody-{i}" }, default);
        }

        place.Clock.Advance(RepeatedRefusals.Together);
        await together.TellAsync(default);
        var entries = place.Audit.EntriesOf(AuditActions.Complaint).ToList();
        Assert.InRange(entries.Count, 2, 49);
        Assert.Equal(1_000, entries.Sum(one => Math.Max(1, one.Rows)));
    }
}
