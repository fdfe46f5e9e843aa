// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Contracts.Approvals;

namespace Weir.Tests.Auditing;

/// <summary>Whoever has the record and the governance sees what two people signed and what nobody did, without any
/// process of Weir.</summary>
public sealed class ApprovalVerifierTests : IDisposable
{
    private const string Case = "c-0000000000000001";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-approved-").FullName;
    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _petra = new("petra", Role.PrivacyOfficer);
    private readonly SigningPerson _eve = new("eve", Role.PrivacyOfficer);
    private readonly ApprovalRequest _request = new()
    {
        Instance = "example-net", Act = ApprovalAct.Disclosure, Number = ApprovalRequest.CreateNumber(), Case = Case,
        Reason = "the customer does not answer mail", NotBefore = Now, Expires = Now.AddHours(24),
    };

    private People InForce => new("example-net", [_ana.Person, _petra.Person]);

    public void Dispose()
    {
        _ana.Dispose();
        _petra.Dispose();
        _eve.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_two_signed_before_it_happened_holds()
    {
        await WriteAsync(Signed(_ana), Signed(_petra), Disclosed());

        var verified = ApprovalVerifier.Verify(_folder, [InForce]);
        Assert.Empty(verified.Faults);
        Assert.Equal((2, 1), (verified.Signatures, verified.Acts));
    }

    [Fact]
    public async Task What_one_signed_what_nobody_signed_and_what_was_signed_afterwards_is_named()
    {
        await WriteAsync(
            Signed(_ana), Disclosed(), Disclosed() with { Approval = "", ResultDigest = "ab" }, Signed(_petra));

        var faults = ApprovalVerifier.Verify(_folder, [InForce]).Faults;
        Assert.Equal(2, faults.Count);
        Assert.Contains("entry 3 (disclose c-0000000000000001): ", faults[0], StringComparison.Ordinal);
        Assert.Contains("has 1 signatures before it", faults[0], StringComparison.Ordinal);
        Assert.Contains("entry 4 (disclose c-0000000000000001): nobody signed it", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_of_somebody_else_of_another_text_or_for_another_case_does_not_hold()
    {
        await WriteAsync(
            Signed(_ana), Signed(_eve), Signed(_petra) with { Text = _request.TextFor(Role.Analyst) }, Signed(_petra),
            Disclosed() with { Case = "c-0000000000000002" });

        var faults = ApprovalVerifier.Verify(_folder, [InForce]).Faults;
        Assert.Equal(3, faults.Count);
        Assert.Contains("signature of eve does not hold", faults[0], StringComparison.Ordinal);
        Assert.Contains("signature of petra does not hold", faults[1], StringComparison.Ordinal);
        Assert.Contains($"is about {Case}", faults[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_approval_for_two_things_is_named_and_who_left_since_did_sign()
    {
        await WriteAsync(
            Signed(_ana), Signed(_petra), Disclosed(), Disclosed() with { PredicateDigest = "another" });

        Assert.Contains(
            "was carried out for something else", Assert.Single(ApprovalVerifier.Verify(_folder, [InForce]).Faults),
            StringComparison.Ordinal);
        var since = new People("example-net", [_ana.Person, _eve.Person]);
        Assert.Single(ApprovalVerifier.Verify(_folder, [InForce, since]).Faults);
        Assert.True(ApprovalVerifier.Verify(_folder, [since]).Faults.Count > 1);
    }

    [Theory]
    [InlineData(AuditActions.Block, "analyst", "", "", true)]
    [InlineData(AuditActions.Block, "machine", "", "", false)]
    [InlineData(AuditActions.LookBack, "desk", "", "", true)]
    [InlineData(AuditActions.LookBack, "machine", "", "", false)]
    [InlineData(AuditActions.Garden, "machine", "strict", "q-0000000000000001", true)]
    [InlineData(AuditActions.Garden, "machine", "leaky", "q-0000000000000001", false)]
    [InlineData(AuditActions.Garden, "machine", "strict", "", false)]
    [InlineData(AuditActions.Block, "operator", AuditActions.Granted, "", false)]
    [InlineData(AuditActions.ApprovePromotion, "operator", AuditActions.Granted, "", false)]
    [InlineData(AuditActions.ApprovePromotion, "operator", "", "", true)]
    [InlineData(AuditActions.ReleaseEndpoint, "operator", AuditActions.Granted, "", false)]
    [InlineData(AuditActions.ReleaseEndpoint, "operator", "", "", true)]
    public async Task What_needs_two_and_has_nobodys_signature_is_named(
        string act, string role, string result, string request, bool isFault)
    {
        await WriteAsync(Disclosed() with
        {
            Act = act, Role = role, Result = result, Request = request, Approval = "", ResultDigest = "",
        });

        var faults = ApprovalVerifier.Verify(_folder, [InForce]).Faults;
        Assert.Equal(isFault ? 1 : 0, faults.Count(fault => fault.Contains("nobody signed it", StringComparison.Ordinal)));
    }

    private AuditEntry Signed(SigningPerson person)
    {
        var signature = person.Sign(_request);
        return new()
        {
            Actor = person.Name, Role = Actor.ToName(person.Role), Act = AuditActions.SignApproval,
            Outcome = AuditActions.Allow, Case = Case, Approval = _request.Number, Text = signature.Text,
            Signature = signature.Signature,
        };
    }

    private AuditEntry Disclosed() => new()
    {
        Actor = "ana", Role = "analyst", Act = AuditActions.Disclose, Outcome = AuditActions.Allow, Case = Case,
        Approval = _request.Number, PredicateDigest = "one", ResultDigest = "ab",
    };

    private async Task WriteAsync(params AuditEntry[] entries)
    {
        await using var log = FileAuditLog.Open(
            new AuditOptions { Directory = _folder }, new FakeTimeProvider(Now), NullLogger<FileAuditLog>.Instance);
        foreach (var entry in entries)
        {
            _ = await log.AppendAsync(entry, default);
        }
    }
}
