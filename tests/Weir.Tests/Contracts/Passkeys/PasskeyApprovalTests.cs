// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Tests.Contracts.Approvals;

namespace Weir.Tests.Contracts.Passkeys;

/// <summary>A passkey's signature counts as a key's does, wherever an act is carried out and in the record afterwards;
/// and a passkey that signs in at the console approves nothing.</summary>
public sealed class PasskeyApprovalTests : IDisposable
{
    private const string Host = "approve.example.net";
    private const string Desk = "weir.example.net";
    private const string Case = "c-0000000000000001";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ExpectedApproval Expected = new(ApprovalAct.Disclosure, "") { Case = Case };

    private readonly PasskeyPerson _ana = new("ana", Role.Analyst, Host);
    private readonly PasskeyPerson _petra = new("petra", Role.PrivacyOfficer, Host);
    private readonly SigningPerson _olga = new("olga", Role.PrivacyOfficer);
    private readonly SoftwareAuthenticator _signIn = new(Desk);
    private readonly ApprovalRequest _request = new()
    {
        Instance = "example-net", Act = ApprovalAct.Disclosure, Number = ApprovalRequest.CreateNumber(), Case = Case,
        Reason = "the customer does not answer mail", NotBefore = Now, Expires = Now.AddHours(24),
    };

    private People People => new(
        "example-net", [_ana.Person, _petra.Person with { ConsolePasskeys = [_signIn.Passkey] }, _olga.Person]);

    public void Dispose()
    {
        _ana.Dispose();
        _petra.Dispose();
        _olga.Dispose();
        _signIn.Dispose();
    }

    [Fact]
    public void Two_passkeys_or_one_and_a_key_are_two_people()
    {
        Assert.Equal(ApprovalFault.None, FaultOf(_ana.Sign(_request), _petra.Sign(_request)));
        Assert.Equal(ApprovalFault.None, FaultOf(_ana.Sign(_request), _olga.Sign(_request)));
    }

    [Fact]
    public void What_does_not_count_is_named()
    {
        var good = _petra.Sign(_request);
        var other = _request with { Reason = "quite another reason than before" };
        Is(ApprovalFault.BadSignature, _ana.Sign(other) with { Text = _request.TextFor(Role.Analyst) }, good);
        Is(ApprovalFault.OtherText, _ana.Sign(other), good);
        Is(ApprovalFault.OtherOrigin, _ana.Sign(_request, "https://evil.example"), good);
        Is(ApprovalFault.NotVerified, new(
            _request.TextFor(Role.Analyst), _ana.Key.Sign(_request.TextFor(Role.Analyst), flags: 1)), good);
        Is(ApprovalFault.NotPresent, new(
            _request.TextFor(Role.Analyst), _ana.Key.Sign(_request.TextFor(Role.Analyst), flags: 4)), good);
        Is(ApprovalFault.WrongRole, new(
            _request.TextFor(Role.Operator), _ana.Key.Sign(_request.TextFor(Role.Operator))), good);
        Is(ApprovalFault.SecondPersonNeeded, good, _petra.Sign(_request));
        Is(ApprovalFault.Malformed, good with { Signature = "webauthn.AAAA" }, good);
        using var stranger = new PasskeyPerson("ana", Role.Analyst, Host);
        Is(ApprovalFault.UnknownKey, stranger.Sign(_request), good);
    }

    [Fact]
    public void A_passkey_of_the_console_approves_nothing()
    {
        var text = _request.TextFor(Role.PrivacyOfficer);

        Is(ApprovalFault.UnknownKey, new(text, _signIn.Sign(text)), _ana.Sign(_request));
    }

    [Fact]
    public void Two_people_share_no_passkey_and_two_pages_no_host()
    {
        var shared = Assert.Throws<ArgumentException>(() => new People(
            "x", [_ana.Person, _petra.Person with { Passkeys = [_ana.Key.Passkey] }]));
        Assert.Contains("two people must be two keys", shared.Message, StringComparison.Ordinal);
        var sshToo = Assert.Throws<ArgumentException>(() => new People(
            "x", [_ana.Person, _olga.Person with { Keys = [_ana.Key.Passkey.Key] }]));
        Assert.Contains("two people must be two keys", sshToo.Message, StringComparison.Ordinal);
        using var other = new SoftwareAuthenticator(Host);
        var host = Assert.Throws<ArgumentException>(() => new People(
            "x", [_ana.Person, _petra.Person with { ConsolePasskeys = [other.Passkey] }]));
        Assert.Contains(Host, host.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_record_alone_shows_what_passkeys_signed_and_what_they_did_not()
    {
        var folder = Directory.CreateTempSubdirectory("weir-passkeys-").FullName;
        try
        {
            await using (var log = FileAuditLog.Open(
                new() { Directory = folder }, new FakeTimeProvider(Now), NullLogger<FileAuditLog>.Instance))
            {
                foreach (var entry in (AuditEntry[])
                    [.. SignedEntries.From(new([_ana.Sign(_request), _petra.Sign(_request)]), People), Disclosed()])
                {
                    await log.AppendAsync(entry, default);
                }
            }

            var verified = ApprovalVerifier.Verify(folder, [People]);
            Assert.Empty(verified.Faults);
            Assert.Equal((2, 1), (verified.Signatures, verified.Acts));
            var without = ApprovalVerifier.Verify(folder, [new("example-net", [_ana.Person, _olga.Person])]);
            Assert.Equal(2, without.Faults.Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private AuditEntry Disclosed() => new()
    {
        Actor = "weir", Role = "machine", Act = AuditActions.Disclose, Outcome = AuditActions.Allow, Case = Case,
        Approval = _request.Number,
    };

    private ApprovalFault FaultOf(params ApprovalSignature[] both) =>
        new SignedApproval(both).Verify(Expected, People, Now).Fault;

    private void Is(ApprovalFault fault, ApprovalSignature one, ApprovalSignature other) =>
        Assert.Equal(fault, FaultOf(one, other));
}
