// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Signing;
using Weir.Store.LookBack;
using Weir.Tests.Contracts.Approvals;

namespace Weir.Tests.StoreProcess;

/// <summary>The store believes two keys for one endpoint, and no names that a desk writes (attacks 46).</summary>
public sealed class PromotionCheckTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Given = Now.AddHours(-2);

    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _olaf = new("olaf", Role.Operator);
    private readonly SigningPerson _petra = new("petra", Role.PrivacyOfficer);
    private readonly SigningKey _key = SigningKey.Create();
    private readonly ApprovalRequest _request = new()
    {
        Instance = "example-net", Act = ApprovalAct.Promotion, Number = ApprovalRequest.CreateNumber(),
        Target = "192.0.2.80:8443/tcp", Reason = "beacons of three families", NotBefore = Given.AddMinutes(-5),
        Expires = Given.AddMinutes(-5) + ApprovalRequest.Longest,
    };

    public void Dispose()
    {
        _ana.Dispose();
        _olaf.Dispose();
        _petra.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void Two_keys_let_the_store_look_back_and_nothing_else_does()
    {
        var right = Leave(_ana.Sign(_request), _olaf.Sign(_request));

        Assert.Equal("", CodeOf(right));
        Assert.Equal("second-person-needed", CodeOf(right with { Signed = null }));
        Assert.Equal("second-person-needed", CodeOf(Leave(_ana.Sign(_request))));
        Assert.Equal("approval-wrong-role", CodeOf(Leave(_ana.Sign(_request), _petra.Sign(_request))));
        Assert.Equal("approval-other-text", CodeOf(right with { Endpoint = "192.0.2.81:8443/tcp" }));
        Assert.Equal("approval-other-text", CodeOf(right with { Reason = "out of interest in it" }));
        Assert.Equal("second-person-needed", CodeOf(right with { GivenBy = "otto" }));
        Assert.Equal("approval-stale", CodeOf(right with { GivenAt = _request.NotBefore.AddSeconds(-1), AskedAt = Given.AddHours(-1) }));
        var block = _request with { Act = ApprovalAct.EndpointBlock };
        Assert.Equal("approval-other-text", CodeOf(Leave(_ana.Sign(block), _olaf.Sign(block))));
        Assert.Equal("approval-unknown-key", CodeOf(right, People.Nobody));
    }

    private PromotionLeave Leave(params ApprovalSignature[] signatures) => new(
        17, _request.Target, "ana", "analyst", Given.AddMinutes(-4), "olaf", "operator", Given, _request.Reason,
        new SignedApproval(signatures));

    private string CodeOf(PromotionLeave leave, People? people = null)
    {
        people ??= new People("example-net", [_ana.Person, _olaf.Person, _petra.Person]);
        var options = new LookBackOptions { Key = _key, People = new(people) };
        var until = Given.ToUnixTimeMilliseconds();
        var read = PromotionCheck.Read(
            new("q-0000000000000001", leave, until - 3_600_000, until), options, Now, out var code, out _);
        Assert.Equal(code.Length == 0, read is not null);
        return code;
    }
}
