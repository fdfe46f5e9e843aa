// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;
using Weir.Wire;

namespace Weir.Tests.Deciding;

/// <summary>Five scopes of one subject, one in each state that matters, and two cases: everybody's and
/// anna's.</summary>
internal sealed class FakeScopes : IScopeRegistry
{
    public const long FromMs = 1_000;
    public const long UntilMs = 2_000;
    public const long ExpiresMs = 10_000;

    public static readonly CaseId Everybodys = new(1);
    public static readonly CaseId Annas = new(2);

    public static readonly ScopeId Open = new(11);
    public static readonly ScopeId OfAnna = new(12);
    public static readonly ScopeId Sealed = new(13);
    public static readonly ScopeId Erased = new(14);
    public static readonly ScopeId CountOnly = new(15);
    public static readonly ScopeId Nowhere = new(99);

    public static readonly SubjectKey Subject = new(new UInt128(1, 2));
    public static readonly SubjectKey OtherSubject = new(new UInt128(3, 4));

    /// <summary>What the scopes are about: a flood to one port of two victims.</summary>
    public static readonly FlowPredicate Class = new()
    {
        Direction = Direction.Out, Protocol = Protocols.Udp, RemotePorts = [7_703, 7_704],
        Remotes = [IpKey.Parse("203.0.113.9"), IpKey.Parse("203.0.113.10")],
    };

    private readonly Dictionary<ScopeId, ScopeStatus> _scopes = new ScopeStatus[]
    {
        Make(Open, Everybodys, ScopeState.Open), Make(OfAnna, Annas, ScopeState.Open),
        Make(Sealed, Everybodys, ScopeState.Sealed), Make(Erased, Everybodys, ScopeState.Erased),
        Make(CountOnly, Everybodys, ScopeState.Ended, ScopeActions.Count),
    }.ToDictionary(status => status.Scope.Id);

    public ScopeStatus? Find(ScopeId scope) => _scopes.GetValueOrDefault(scope);

    public IReadOnlyList<ScopeStatus> GetScopes(SubjectKey subject) => subject == Subject
        ? [.. _scopes.Values.Where(status => status.State != ScopeState.Erased)]
        : [];

    public CaseStatus? FindCase(CaseId id) =>
        id == Everybodys ? new(id, "", IsErased: false) : id == Annas ? new(id, "anna", IsErased: false) : null;

    private static ScopeStatus Make(
        ScopeId id, CaseId of, ScopeState state,
        ScopeActions actions = ScopeActions.Read | ScopeActions.Notify | ScopeActions.Block | ScopeActions.Disclose) =>
        new(
            new Scope
            {
                Id = id, Case = of, Subject = Subject, Class = new TrafficClass(Class), Purpose = Purpose.DdosSource,
                Fields = ScopeFields.All & ~ScopeFields.Flags, Actions = actions, Trigger = "flood-out/3",
                FromMs = FromMs, ExpiresMs = ExpiresMs,
            },
            state, UntilMs);
}
