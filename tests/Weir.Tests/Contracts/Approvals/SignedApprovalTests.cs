// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Ssh;

namespace Weir.Tests.Contracts.Approvals;

/// <summary>Two people are two keys: what else is offered for it is refused, and by its own name.</summary>
public sealed class SignedApprovalTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ExpectedApproval Disclosure = new(ApprovalAct.Disclosure, "")
    {
        Case = "c-0000000000000001", Scope = "ab",
    };

    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _petra = new("petra", Role.PrivacyOfficer);
    private readonly SigningPerson _olaf = new("olaf", Role.Operator);
    private readonly SigningPerson _stranger = new("ana", Role.Analyst);
    private readonly ApprovalRequest _request = new()
    {
        Instance = "example-net", Act = ApprovalAct.Disclosure, Number = ApprovalRequest.CreateNumber(),
        Case = "c-0000000000000001", Scope = "ab", Reason = "the customer does not answer mail", NotBefore = Now,
        Expires = Now.AddHours(24),
    };

    private People People => new("example-net", [_ana.Person, _petra.Person, _olaf.Person]);

    public void Dispose()
    {
        foreach (var person in (SigningPerson[])[_ana, _petra, _olaf, _stranger])
        {
            person.Dispose();
        }
    }

    [Fact]
    public void Two_people_with_two_keys_in_two_roles_approve()
    {
        var verdict = Verify(_ana.Sign(_request), _petra.Sign(_request));

        Assert.Equal(ApprovalFault.None, verdict.Fault);
        Assert.Equal("ana (analyst), petra (privacy-officer)", verdict.Names);
        Assert.Equal(ApprovalFault.None, Verify(_petra.Sign(_request), _ana.Sign(_request)).Fault);
    }

    [Fact]
    public void One_key_is_one_person()
    {
        Refused(ApprovalFault.SecondPersonNeeded, _ana.Sign(_request));
        Refused(ApprovalFault.SecondPersonNeeded, _ana.Sign(_request), _ana.Sign(_request));
        Refused(ApprovalFault.WrongRole, _ana.Sign(_request), _ana.Sign(_request, Role.PrivacyOfficer));
        Assert.Contains("two people must be two keys", Assert.Throws<ArgumentException>(
            () => new People("x", [_ana.Person, _ana.Person with { Name = "bob", User = "bob" }])).Message,
            StringComparison.Ordinal);
        Assert.Contains("two people must be two", Assert.Throws<ArgumentException>(
            () => new People("x", [_ana.Person, _petra.Person with { User = "ana" }])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Roles_are_the_two_that_the_rules_name()
    {
        Refused(ApprovalFault.WrongRole, _ana.Sign(_request), _olaf.Sign(_request));
        Refused(ApprovalFault.WrongRole, _ana.Sign(_request), _olaf.Sign(_request, Role.PrivacyOfficer));
    }

    [Fact]
    public void A_foreign_key_is_nobody() => Refused(
        ApprovalFault.UnknownKey, _stranger.Sign(_request), _petra.Sign(_request));

    [Theory]
    [InlineData(SignatureNamespace.Governance)]
    [InlineData(SignatureNamespace.List)]
    [InlineData(SignatureNamespace.Head)]
    public void No_namespace_stands_for_another(string other) => Refused(
        ApprovalFault.OtherNamespace, _ana.Sign(_request, forNamespace: other), _petra.Sign(_request));

    [Fact]
    public void Texts_that_were_altered_or_exchanged_are_refused()
    {
        var signed = _ana.Sign(_request);
        var other = _request with { Case = "c-0000000000000002" };
        Refused(ApprovalFault.BadSignature, signed with { Text = other.TextFor(Role.Analyst) }, _petra.Sign(_request));
        Refused(ApprovalFault.OtherText, signed, _petra.Sign(other));
        Refused(ApprovalFault.OtherText, _ana.Sign(other), _petra.Sign(other));
        foreach (var changed in (ApprovalRequest[])[
            _request with { Act = ApprovalAct.Promotion }, _request with { Scope = "ac" },
            _request with { Target = "203.0.113.9:443" }])
        {
            var fault = Verify(_ana.Sign(changed), _petra.Sign(changed)).Fault;
            Assert.True(fault is ApprovalFault.OtherText or ApprovalFault.WrongRole, $"{changed}: {fault}");
        }

        Refused(ApprovalFault.OtherInstance,
            _ana.Sign(_request with { Instance = "other" }), _petra.Sign(_request with { Instance = "other" }));
        Refused(ApprovalFault.Malformed, signed with { Signature = "none" }, _petra.Sign(_request));
        Refused(ApprovalFault.Malformed, signed with { Text = signed.Text + "\n" }, _petra.Sign(_request));
    }

    [Fact]
    public void Time_bounds_it_from_both_sides_and_a_day_is_the_most()
    {
        ApprovalSignature[] both = [_ana.Sign(_request), _petra.Sign(_request)];
        Assert.Equal(ApprovalFault.Stale, Verify(Now.AddSeconds(-1), both).Fault);
        Assert.Equal(ApprovalFault.None, Verify(Now.AddHours(24).AddSeconds(-1), both).Fault);
        Assert.Equal(ApprovalFault.Stale, Verify(Now.AddHours(24), both).Fault);
        Assert.Equal(ApprovalFault.None, new SignedApproval(both).Verify(Disclosure, People, null).Fault);
        var longer = _request with { Expires = Now.AddHours(25) };
        Refused(ApprovalFault.Stale, _ana.Sign(longer), _petra.Sign(longer));
    }

    [Fact]
    public void A_security_key_that_nobody_touched_approves_nothing()
    {
        using var key = new Ssh.SecurityKey(SshKeyType.SecurityKeyEd25519);
        var people = new People("example-net", [_ana.Person with { Keys = [key.Public] }, _petra.Person]);
        var text = _request.TextFor(Role.Analyst);
        foreach (var (flags, fault) in ((byte, ApprovalFault)[])[(1, ApprovalFault.None), (0, ApprovalFault.NotPresent)])
        {
            var signature = key.Sign(System.Text.Encoding.UTF8.GetBytes(text), SignatureNamespace.Approval, flags);
            Assert.Equal(fault, new SignedApproval([new(text, signature.ToString()), _petra.Sign(_request)])
                .Verify(Disclosure, people, Now).Fault);
        }
    }

    [Fact]
    public void Nobody_approves_where_no_governance_is_in_force() => Assert.Equal(
        ApprovalFault.UnknownKey,
        new SignedApproval([_ana.Sign(_request), _petra.Sign(_request)]).Verify(Disclosure, People.Nobody, Now).Fault);

    [Property(MaxTest = 300)]
    public void There_is_one_text_for_a_request_and_it_shows_what_it_holds(string target, string reason, bool analyst)
    {
        var role = analyst ? Role.Analyst : Role.Operator;
        var request = _request with { Target = Well(target), Reason = Well(reason) };
        var text = request.TextFor(role);

        Assert.True(ApprovalText.TryRead(text, out var read, out var signedAs));
        Assert.Equal((request, role), (read, signedAs));
        Assert.Equal(12, text.Count(c => c == '\n'));
        Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
        Assert.DoesNotContain(text, c => c is '\u202e' or '\u2066' or '\u200b' or '\u00a0');
    }

    [Theory]
    [InlineData("\u001b[2Jblock nothing", @"\u{1b}[2Jblock nothing")]
    [InlineData("a\nreason: b", @"a\nreason: b")]
    [InlineData("\u202etxet", @"\u{202e}txet")]
    [InlineData(@"c:\u{1b}", @"c:\\u{1b}")]
    [InlineData("Grüße, 客户", "Grüße, 客户")]
    public void What_would_make_a_terminal_lie_is_escaped(string value, string shown)
    {
        Assert.Equal(shown, ApprovalText.Escape(value));
        Assert.True(ApprovalText.TryRead((_request with { Reason = value }).TextFor(Role.Analyst), out var read, out _));
        Assert.Equal(value, read.Reason);
    }

    [Theory]
    [InlineData("aaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("because because because", false)]
    [InlineData("a b c d e f g", false)]
    [InlineData("... --- ...", false)]
    [InlineData("does not answer", true)]
    [InlineData("a command server", true)]
    [InlineData("Kunde antwortet nicht", true)]
    public void A_reason_says_something(string text, bool isSaid) => Assert.Equal(isSaid, ApprovalReason.IsSaid(text));

    [Fact]
    public void Verifying_takes_less_than_a_millisecond()
    {
        var signature = _ana.Sign(_request);
        var people = People;

        // The best of many: what else the machine does is not measured.
        var best = Enumerable.Range(0, 50).Min(_ =>
        {
            var from = TimeProvider.System.GetTimestamp();
            Assert.Equal(ApprovalFault.None, signature.Verify(people, Now).Fault);
            return TimeProvider.System.GetElapsedTime(from);
        });
        Assert.True(best < TimeSpan.FromMilliseconds(1), $"{best.TotalMicroseconds} µs");
    }

    /// <summary>A text without halves of characters, which no UTF-8 has.</summary>
    private static string Well(string? text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? ""));

    private ApprovalVerdict Verify(params ApprovalSignature[] signatures) => Verify(Now, signatures);

    private ApprovalVerdict Verify(DateTimeOffset at, ApprovalSignature[] signatures) =>
        new SignedApproval(signatures).Verify(Disclosure, People, at);

    private void Refused(ApprovalFault fault, params ApprovalSignature[] signatures) =>
        Assert.Equal(fault, Verify(signatures).Fault);
}
