// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Signing;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Contracts.Approvals;

/// <summary>What the store found in digests opens nothing by the store's word alone: two people promoted that endpoint,
/// lately.</summary>
[Trait("Attack", "46")]
public sealed class PromotionProofTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _olaf = new("olaf", Role.Operator);
    private readonly SigningKey _store = SigningKey.Create();
    private readonly PromotionProof _proof;

    private readonly ApprovalRequest _request = new()
    {
        Instance = "example-net", Act = ApprovalAct.Promotion, Number = ApprovalRequest.CreateNumber(),
        Target = "198.51.100.7:443/tcp", Reason = "many lines met it and nothing else", NotBefore = Now,
        Expires = Now.AddHours(24),
    };

    public PromotionProofTests() => _proof = new(new(new People("example-net", [_ana.Person, _olaf.Person])));

    public void Dispose()
    {
        _ana.Dispose();
        _olaf.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void The_promotion_of_two_opens_what_it_names_and_nothing_else_does()
    {
        var signed = Signed(_request);
        var right = Found(Now.AddDays(-2), signed);

        Assert.True(_proof.Holds(right));
        Assert.True(_proof.Holds(right with { Origin = EventOrigin.Flows, Promotion = "" }));
        Assert.False(_proof.Holds(right with { Promotion = "" }));
        Assert.False(_proof.Holds(right with { Promotion = "{}" }));
        Assert.False(_proof.Holds(right with { Promotion = "{\"signatures\":[null,null]}" }));
        Assert.False(_proof.Holds(right with
        {
            Promotion = new SignedApproval([_ana.Sign(_request), _ana.Sign(_request)]).ToJson(),
        }));
        Assert.False(_proof.Holds(right with { Promotion = Signed(_request with { Act = ApprovalAct.LineRoute }) }));
        Assert.False(_proof.Holds(right with { Promotion = Signed(_request with { Target = "8.8.8.8:443/tcp" }) }));
        Assert.False(_proof.Holds(right with
        {
            Class = TrafficClass.Create(Direction.Both, 6, [443], [IpKey.Parse("8.8.8.8")]),
        }));
        Assert.False(_proof.Holds(Found(Now.AddDays(-8), signed)));
        Assert.False(_proof.Holds(Found(Now.AddDays(2), signed)));
        Assert.True(_proof.Holds(right));
    }

    [Fact]
    public void An_order_on_it_carries_it_in_what_the_store_signed()
    {
        var right = Found(Now.AddDays(-2), Signed(_request));
        var order = SignedOrders.Make(_store, new(1), right.Subject, new(5), Now);

        Assert.True(_proof.Holds(order with { Grounds = [EventDocument.Sign(right, _store)] }));
        Assert.False(_proof.Holds(order with
        {
            Grounds = [order.Grounds[0], EventDocument.Sign(right with { Promotion = "" }, _store)],
        }));
    }

    [Fact]
    public void A_lab_has_nobody_to_promote() => Assert.True(
        new PromotionProof(new(People.Lab)).Holds(Found(Now, "")));

    private static QualityEvent Found(DateTimeOffset at, string promotion) =>
        SignedOrders.Contact(new SubjectKey(7), at) with
        {
            Origin = EventOrigin.Digests, Promotion = promotion, Exporter = default,
        };

    private string Signed(ApprovalRequest request) =>
        new SignedApproval([_ana.Sign(request), _olaf.Sign(request)]).ToJson();
}
