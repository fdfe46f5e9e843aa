// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Wire;

namespace Weir.Tests.Support;

/// <summary>Orders on signed events.</summary>
internal static class SignedOrders
{
    public static readonly FlowPredicate Class = new()
    {
        Direction = Direction.Both, Protocol = 6, RemotePorts = [443], Remotes = [IpKey.Parse("198.51.100.7")],
    };

    public static QualityEvent Contact(SubjectKey subject, DateTimeOffset at) => new()
    {
        Number = 7,
        Phase = EventPhase.Opened,
        Subject = subject,
        Rule = RuleId.CncContact,
        RuleVersion = 1,
        Class = new TrafficClass(Class),
        FromMs = at.ToUnixTimeMilliseconds(),
        UntilMs = at.ToUnixTimeMilliseconds() + 60_000,
        TriggeredMs = at.ToUnixTimeMilliseconds(),
        Measured = 3,
        Threshold = 1,
        Unit = "exchanges",
        WindowSeconds = 60,
        SamplingInterval = 1,
        Exporter = IpKey.Parse("192.0.2.1"),
    };

    public static ScopeOrder Make(SigningKey key, CaseId id, SubjectKey subject, ScopeId scope, DateTimeOffset at)
    {
        var quality = Contact(subject, at);
        return ProvisionalScope.From(quality, EventDocument.Sign(quality, key), ScopeLimits.Default)! with
        {
            Case = id, Id = scope,
        };
    }
}
