// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Time.Testing;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;
using Weir.Desk.Api.Audits;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Health;
using Weir.Tests.Cases;
using Weir.Tests.Contracts.Approvals;

namespace Weir.Tests.Auditing;

/// <summary>An auditor's signature over a head: whose it must be, over what, and who learns that it stays away.</summary>
public sealed class CountersignatureTests : IDisposable
{
    private readonly AuditFixture _place = new();
    private readonly SigningPerson _aud = new("aud", Role.Auditor);
    private readonly SigningPerson _ana = new("ana", Role.Analyst);

    private People People => new("test", [_aud.Person, _ana.Person]);

    public void Dispose()
    {
        _place.Dispose();
        _aud.Dispose();
        _ana.Dispose();
    }

    private static Countersignature Sign(SigningPerson who, TreeHead head, string made = SignatureNamespace.Head) =>
        new(head.ToString(), who.Key.Sign(head.ToString(), made).ToString());

    [Fact]
    public async Task It_counts_as_an_auditors_over_just_this_head()
    {
        await using var log = _place.Open();
        var head = log.Newest;

        Assert.Equal("aud", Sign(_aud, head).Verify(People).Person!.Name);
        Assert.Contains("no auditor's", Sign(_ana, head).Verify(People).Fault, StringComparison.Ordinal);
        Assert.Contains(
            "made for weir-approval", Sign(_aud, head, SignatureNamespace.Approval).Verify(People).Fault,
            StringComparison.Ordinal);
        Assert.Equal(
            "does not hold",
            (Sign(_aud, head) with { Head = (head with { Size = head.Size + 1 }).ToString() }).Verify(People).Fault);
        Assert.Equal("is over no head", (Sign(_aud, head) with { Head = "{}" }).Verify(People).Fault);
        Assert.Equal(
            "is no signature of ssh-keygen", (Sign(_aud, head) with { Signature = "x" }).Verify(People).Fault);
    }

    [Fact]
    public async Task The_auditors_file_holds_heads_and_signatures_and_finds_what_was_cut()
    {
        var file = _place.Beside("signed");
        await using (var log = _place.Open())
        {
            await AuditFixture.AppendAsync(log, 120);
            File.AppendAllText(file, Sign(_aud, log.Newest).ToLine() + "\n");
            File.AppendAllText(file, Sign(_ana, log.Newest).ToLine() + "\n");
        }

        Assert.Equal((true, 2L), (_place.Verify(file).IsSound, _place.Verify(file).Compared));
        Assert.Equal(
            ["", "no auditor's"],
            Countersignature.In(file).Select(one => one.Signature.Verify(People).Fault)
                .Select(fault => fault.Split("which is ")[^1]));
    }

    [Fact]
    public async Task The_desk_puts_it_on_record_and_health_says_when_none_comes()
    {
        var clock = new FakeTimeProvider(_place.Clock.Wall);
        await using (var log = _place.Open())
        {
            var book = new CountersignatureBook(
                new() { Directory = _place.Directory, Outside = new() { Countersigned = TimeSpan.FromDays(7) } },
                new(People), log, clock);
            var (aud, ana) = (new Actor("aud", Role.Auditor), new Actor("ana", Role.Analyst));
            Assert.Contains("countersigned no head yet", book.Check().Reason, StringComparison.Ordinal);

            using var other = new AuditFixture();
            await using (var strange = other.Open())
            {
                Assert.Contains(
                    "did not sign",
                    (await Assert.ThrowsAsync<ApiRefusalException>(
                        () => book.TakeAsync(aud, Sign(_aud, strange.Newest), default))).Message,
                    StringComparison.Ordinal);
            }

            Assert.Contains(
                "ana brings it",
                (await Assert.ThrowsAsync<ApiRefusalException>(
                    () => book.TakeAsync(ana, Sign(_aud, log.Newest), default))).Message, StringComparison.Ordinal);
            Assert.Equal(HealthState.Degraded, book.Check().State);

            _ = await book.TakeAsync(aud, Sign(_aud, log.Newest), default);
            Assert.Equal(HealthState.Ok, book.Check().State);
            clock.Advance(TimeSpan.FromDays(8));
            Assert.Contains("should every 7 days", book.Check().Reason, StringComparison.Ordinal);
        }

        var entry = Assert.Single(
            AuditReader.Entries(_place.Directory), one => one.Entry.Act == AuditActions.Countersign).Entry;
        Assert.Equal(("aud", "auditor", AuditActions.Allow), (entry.Actor, entry.Role, entry.Outcome));
        var verified = ApprovalVerifier.Verify(_place.Directory, [People]);
        Assert.Equal((1, 0), (verified.Signatures, verified.Faults.Count));
        Assert.Contains(
            "no auditor's", Assert.Single(ApprovalVerifier.Verify(_place.Directory, [new("test", [_ana.Person])]).Faults),
            StringComparison.Ordinal);
    }
}
