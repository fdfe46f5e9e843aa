// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Ssh;
using Weir.Hosting.Auditing;
using Weir.Tests.Contracts.Approvals;
using Weir.Tests.Vault.Support;
using Weir.Vault.Approving;
using Weir.Vault.Chain;
using Weir.Wire;

namespace Weir.Tests.Vault.Approving;

/// <summary>The vault believes two keys, and nobody's word about people: whoever is the desk's user can ask for
/// anything, and gets nothing that two did not sign (attacks 9 and 17).</summary>
public sealed class ApprovalGateTests : IDisposable
{
    private const string Leave = "a-00000000000000a1";
    private const string Reason = "the customer does not answer mail";

    private static readonly CaseId Id = new(0xCA5E);
    private static readonly IpKey Line = IpKey.Parse("10.0.0.7");

    private readonly SmallVault _vault = new();
    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _petra = new("petra", Role.PrivacyOfficer);
    private readonly SigningPerson _olaf = new("olaf", Role.Operator);
    private readonly SigningPerson _stranger = new("ana", Role.Analyst);

    public ApprovalGateTests() => _vault.Change = options => options with
    {
        People = new(new People("test-net", [_ana.Person, _petra.Person, _olaf.Person])),
    };

    private ApprovalGate Gate => _vault.Get<ApprovalGate>();

    private static Asker Desk => new("weir", RequestNumber.Create());

    public void Dispose()
    {
        _vault.Dispose();
        foreach (var person in (SigningPerson[])[_ana, _petra, _olaf, _stranger])
        {
            person.Dispose();
        }
    }

    [Fact]
    public async Task Two_signatures_open_one_disclosure_and_stand_on_the_chain_with_their_octets()
    {
        var subject = await SealedAsync();
        var drawn = await OpenAsync();
        Refused("second-person-needed", await DiscloseAsync(subject));
        await SignAsync(drawn, _ana);
        Refused("second-person-needed", await DiscloseAsync(subject));
        await SignAsync(drawn, _petra);

        Assert.Null(await DiscloseAsync(subject, "q-0000000000000001"));
        Assert.Null(await DiscloseAsync(subject, "q-0000000000000001"));
        Assert.NotNull(await DiscloseAsync(subject, "q-0000000000000002"));
        var signed = _vault.Audit.Entries.Where(e => e.Act == AuditActions.SignApproval).ToList();
        Assert.Equal(["ana", "petra"], signed.Select(e => e.Actor));
        Assert.All(signed, e =>
        {
            Assert.True(SshSignature.TryParse(e.Signature, out var signature));
            Assert.Equal(SshSignatureFault.None, signature.Verify(
                System.Text.Encoding.UTF8.GetBytes(e.Text), SignatureNamespace.Approval));
            Assert.Contains($"request: {e.Approval}\n", e.Text, StringComparison.Ordinal);
            Assert.Contains($"reason: {Reason}\n", e.Text, StringComparison.Ordinal);
            Assert.Matches(
                $@"\nscope: {VaultKeeper.Scope} [a-z-]+ (out|in|both) .*raddr=[^ ]+, SHA-256 [0-9a-f]{{64}}\n", e.Text);
        });
        Assert.Contains(_vault.Audit.Entries, e => e is { Act: AuditActions.Disclose, Outcome: AuditActions.Allow }
            && e.Approval == signed[0].Approval);
    }

    [Fact]
    public async Task Signatures_of_others_are_not_taken()
    {
        await SealedAsync();
        var drawn = await OpenAsync();
        await SignAsync(drawn, _ana);

        await RefusedAsync(ApprovalFault.UnknownKey, drawn.Texts["analyst"], _stranger);
        await RefusedAsync(ApprovalFault.WrongRole, drawn.Texts["analyst"].Replace(
            "role: analyst", "role: operator", StringComparison.Ordinal), _olaf);
        await RefusedAsync(ApprovalFault.BadSignature, drawn.Texts["privacy-officer"] + "\n", _petra);
        await RefusedAsync(ApprovalFault.BadSignature, drawn.Texts["analyst"], _petra);
        await RefusedAsync(
            ApprovalFault.OtherNamespace, drawn.Texts["privacy-officer"], _petra, SignatureNamespace.Governance);
        Assert.Equal(["ana"], (await SignAsync(drawn, _ana)).SignedBy);
        _vault.Clock.Advance(TimeSpan.FromHours(24));
        var over = await Assert.ThrowsAsync<VaultRefusedException>(() => SignAsync(drawn, _petra));
        Assert.Equal("unknown", over.Word);
        Assert.Single(_vault.Audit.Entries, e =>
            e is { Act: AuditActions.SignApproval, Outcome: AuditActions.Allow });
    }

    [Fact]
    public async Task What_was_signed_for_one_opens_no_other()
    {
        var subject = await SealedAsync();
        var drawn = await OpenAsync();
        await SignAsync(drawn, _ana);
        await SignAsync(drawn, _petra);
        var other = new CaseId(0xB0B);
        await _vault.Keeper().SealAsync(other, subject);

        Refused("approval-other-text", await DiscloseAsync(subject, to: other));
        Refused("second-person-needed", await DiscloseAsync(subject, by: ("otto", "privacy-officer")));
        Refused("approval-other-text", await DiscloseAsync(subject, why: "another reason of at least twenty letters"));
        Assert.Null(await DiscloseAsync(subject));
    }

    [Fact]
    public async Task A_request_survives_a_restart_and_is_drawn_up_once()
    {
        var subject = await SealedAsync();
        var drawn = await OpenAsync();
        await SignAsync(drawn, _ana);
        _vault.Open();

        Assert.Equal(drawn.Texts, (await OpenAsync()).Texts);
        var altered = await Assert.ThrowsAsync<VaultRefusedException>(
            () => OpenAsync("quite another reason for the same number"));
        Assert.Equal("approval-other-text", altered.Word);
        await SignAsync(drawn, _petra);
        Assert.Null(await DiscloseAsync(subject));
        _vault.Open();
        Assert.NotNull(await DiscloseAsync(subject));
    }

    [Theory]
    [InlineData("aaaaaaaaaaaaaaaaaaaa")]
    [InlineData("because because because because")]
    public async Task A_reason_says_something(string why)
    {
        await SealedAsync();

        var refused = await Assert.ThrowsAsync<VaultRefusedException>(() => OpenAsync(why));
        Assert.Equal("action-not-allowed", refused.Word);
    }

    [Fact]
    public async Task One_approval_is_for_one_act_and_nothing_comes_of_it_when_that_is_over()
    {
        await SealedAsync();
        var drawn = await OpenAsync();
        await SignAsync(drawn, _ana);
        await SignAsync(drawn, _petra);
        var (judge, expected) = (
            _vault.Get<ApprovalJudge>(), new ExpectedApproval(ApprovalAct.Disclosure, "") { Case = Id.ToString() });

        Assert.Equal(2, judge.Require(expected, null, "one").Signers.Count);
        Assert.Equal(2, judge.Require(expected, null, "one").Signers.Count);
        var other = Assert.Throws<VaultRefusedException>(() => judge.Require(expected, null, "another"));
        judge.Close(ApprovalAct.Disclosure, "one");
        var over = Assert.Throws<VaultRefusedException>(() => judge.Require(expected, null, "one"));
        Assert.Equal(ApprovalFaults.Word(ApprovalFault.Replayed), other.Word);
        Assert.Equal(ApprovalFaults.Word(ApprovalFault.Replayed), over.Word);
    }

    [Fact]
    public async Task So_many_wait_at_once_and_each_goes_with_its_day()
    {
        for (var i = 0; i < ApprovalLedger.MostWaiting; i++)
        {
            await Gate.OpenAsync(
                new("", $"a-{i:x16}", "promotion", "", null, "192.0.2.80:8443/tcp", Reason)
                {
                    AskedBy = $"person {i / ApprovalLedger.MostOfOne}",
                },
                Desk, default);
        }

        var full = await Assert.ThrowsAsync<VaultRefusedException>(() => Gate.OpenAsync(
            new("", "a-ffffffffffffffff", "promotion", "", null, "192.0.2.80:8443/tcp", Reason), Desk, default));
        Assert.Equal(VaultCodes.TooManyApprovals, full.Word);
        _vault.Clock.Advance(TimeSpan.FromHours(24));
        await Gate.OpenAsync(
            new("", "a-ffffffffffffffff", "promotion", "", null, "192.0.2.80:8443/tcp", Reason), Desk, default);
    }

    [Fact]
    public async Task One_person_has_a_share_of_what_waits_and_others_go_on()
    {
        ApprovalAsk Ask(int number, string by) =>
            new("", $"a-{number:x16}", "promotion", "", null, "192.0.2.80:8443/tcp", Reason) { AskedBy = by };
        for (var i = 0; i < ApprovalLedger.MostOfOne; i++)
        {
            await Gate.OpenAsync(Ask(i, "ana"), Desk, default);
        }

        var full = await Assert.ThrowsAsync<VaultRefusedException>(() => Gate.OpenAsync(Ask(100, "ana"), Desk, default));
        Assert.Equal(VaultCodes.TooManyApprovals, full.Word);
        Assert.Contains("one person's share", full.Message, StringComparison.Ordinal);
        await Gate.OpenAsync(Ask(101, "olaf"), Desk, default);
    }

    [Fact]
    public async Task What_goes_on_holding_says_in_its_text_until_when()
    {
        var standing = await Gate.OpenAsync(
            new("", Leave, "endpoint-block", "", null, "192.0.2.80:8443/tcp", Reason) { LastsSeconds = 1_209_600 }, Desk, default);

        Assert.All(standing.Texts.Values, text =>
        {
            Assert.Contains("ends within 14 d of being given", text, StringComparison.Ordinal);
            Assert.True(ApprovalText.TryRead(text, out var request, out _));
            Assert.Equal(TimeSpan.FromDays(14), ApprovalParameters.LastsOf(request.Parameters));
        });
        Assert.Null(ApprovalParameters.LastsOf("a-0000000000000001"));
        await Assert.ThrowsAsync<FormatException>(() => Gate.OpenAsync(
            new("", "a-1", "endpoint-block", "", null, "192.0.2.80:8443/tcp", Reason) { LastsSeconds = -1 }, Desk, default));
    }

    [Fact]
    public async Task Nobody_draws_up_what_one_person_may_or_what_is_governed()
    {
        foreach (var act in (string[])["withdrawal", "emergency-stop", "governance", "", "disclose"])
        {
            await Assert.ThrowsAsync<FormatException>(() => Gate.OpenAsync(
                new("", Leave, act, "", null, "", Reason), Desk, default));
        }
    }

    private async Task<SubjectKey> SealedAsync()
    {
        var subject = _vault.NameOf(Line);
        await _vault.Keeper().SealAsync(Id, subject);
        return subject;
    }

    private Task<ApprovalStanding> OpenAsync(string why = Reason) => Gate.OpenAsync(
        new("", Leave, "disclosure", Id.ToString(), ScopeOrderFields.From(Order(Id)), "", why), Desk, default);

    private ScopeOrder Order(CaseId id) => _vault.Order(
        id, _vault.NameOf(Line), VaultKeeper.Scope, Weir.Contracts.Networks.Epochs.BeginOf(SmallVault.Now));

    private Task<ApprovalStanding> SignAsync(ApprovalStanding drawn, SigningPerson person) => Gate.SignAsync(
        new("", Leave, person.Key.Sign(
            drawn.Texts[Actor.ToName(person.Role)], SignatureNamespace.Approval).ToString()),
        Desk, default);

    private async Task RefusedAsync(
        ApprovalFault fault, string text, SigningPerson person, string forNamespace = SignatureNamespace.Approval)
    {
        var refused = await Assert.ThrowsAsync<VaultRefusedException>(() => Gate.SignAsync(
            new("", Leave, person.Key.Sign(text, forNamespace).ToString()), Desk, default));
        Assert.Equal(ApprovalFaults.Word(fault), refused.Word);
    }

    /// <summary>The word of the refusal; null where it was disclosed.</summary>
    private async Task<string?> DiscloseAsync(
        SubjectKey subject, string? number = null, CaseId? to = null, (string User, string Role)? by = null,
        string why = Reason)
    {
        var (user, role) = by ?? ("petra", "privacy-officer");
        try
        {
            var shown = await _vault.Keeper().DiscloseAsync(
                new(to ?? Id, VaultKeeper.Scope, "ana", "analyst", user, role, why, Leave), subject, number);
            Assert.Equal(Line.ToString(), shown.Line);
            return null;
        }
        catch (VaultRefusedException refused)
        {
            return refused.Word;
        }
    }

    private static void Refused(string word, string? got) => Assert.Equal(word, got);
}
