// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;
using Weir.Wire;

namespace Weir.Tests.Deciding;

/// <summary>Every decision of the rules: who asks for what, and what comes of it. A row that is broken in the engine
/// fails under its own name.</summary>
public sealed class PolicyEvaluatorTests
{
    private static readonly Actor Anna = new("anna", Role.Analyst);
    private static readonly Actor Arne = new("arne", Role.Analyst);
    private static readonly Actor Otto = new("otto", Role.Operator);
    private static readonly Actor Paula = new("paula", Role.PrivacyOfficer);
    private static readonly Actor Ute = new("ute", Role.Auditor);
    private static readonly Actor Adam = new("adam", Role.Administrator);

    /// <summary>One user of the system with another role: the same person is never the second.</summary>
    private static readonly Actor AnnaAsOperator = new("anna", Role.Operator);

    private static readonly Endpoint Control = new(IpKey.Parse("203.0.113.9"), 443, Protocols.Tcp);
    private static readonly string Reason = new('r', 20);

    private static readonly FlowPredicate OnePort = FakeScopes.Class with { RemotePorts = [7_703] };
    private static readonly FlowPredicate OtherPort = FakeScopes.Class with { RemotePorts = [443] };

    private static readonly Dictionary<string, (Actor Actor, Request Request, DenyCode? Code)> Decisions = new()
    {
        ["an analyst reads a scope"] = (Anna, Read(FakeScopes.Open), null),
        ["an operator reads a scope"] = (Otto, Read(FakeScopes.Open), null),
        ["the privacy officer reads a scope"] = (Paula, Read(FakeScopes.Open), null),
        ["Weir reads a scope"] = (Actor.Weir, Read(FakeScopes.Open), null),
        ["the auditor reads no flows"] = (Ute, Read(FakeScopes.Open), DenyCode.RoleMayNot),
        ["the administrator reads no flows"] = (Adam, Read(FakeScopes.Open), DenyCode.RoleMayNot),
        ["a read for another purpose"] = (
            Anna, Read(FakeScopes.Open, Purpose.CncContact), DenyCode.OutOfScope),
        ["a read for no purpose of the list"] = (Anna, Read(FakeScopes.Open, (Purpose)77), DenyCode.ActionNotAllowed),
        ["a read of what is never collected"] = (
            Anna, Read(FakeScopes.Open) with { Uncollected = "payload" }, DenyCode.NotCollected),
        ["a read of a scope that is not there"] = (Anna, Read(FakeScopes.Nowhere), DenyCode.Unknown),
        ["a read of somebody else's case"] = (Arne, Read(FakeScopes.OfAnna), DenyCode.Unknown),
        ["a read of the own case"] = (Anna, Read(FakeScopes.OfAnna), null),
        ["the privacy officer reads every case"] = (Paula, Read(FakeScopes.OfAnna), null),
        ["Weir reads every case"] = (Actor.Weir, Read(FakeScopes.OfAnna), null),
        ["a read of what is erased"] = (Anna, Read(FakeScopes.Erased), DenyCode.Expired),
        ["a read of what waits for review"] = (Anna, Read(FakeScopes.Sealed), DenyCode.TooManyScopes),
        ["a read where only counting is allowed"] = (Anna, Read(FakeScopes.CountOnly), DenyCode.ActionNotAllowed),
        ["a read of a part"] = (Anna, Read(FakeScopes.Open) with { Predicate = OnePort }, null),
        ["a read of another port"] = (Anna, Read(FakeScopes.Open) with { Predicate = OtherPort }, DenyCode.OutOfScope),
        ["a read of the other direction"] = (
            Anna, Read(FakeScopes.Open) with { Predicate = FakeScopes.Class with { Direction = Direction.Both } },
            DenyCode.OutOfScope),
        ["a read from before"] = (
            Anna, Read(FakeScopes.Open) with { FromMs = FakeScopes.FromMs - 1 }, DenyCode.OutOfScope),
        ["a read beyond the end"] = (
            Anna, Read(FakeScopes.Open) with { UntilMs = FakeScopes.UntilMs + 1 }, DenyCode.OutOfScope),
        ["a read from behind its end"] = (
            Anna, Read(FakeScopes.Open) with { FromMs = 1_900, UntilMs = 1_800 }, DenyCode.OutOfScope),
        ["a read of a subject with a scope"] = (Anna, ReadSubject(FakeScopes.Subject, OnePort), null),
        ["a read of a subject outside its scopes"] = (
            Anna, ReadSubject(FakeScopes.Subject, OtherPort), DenyCode.OutOfScope),
        ["a read of a subject without any"] = (
            Anna, ReadSubject(FakeScopes.OtherSubject, OnePort), DenyCode.NoTrigger),
        ["a read of nobody"] = (Anna, ReadSubject(null, OnePort), DenyCode.NoTrigger),

        ["a count where reading is allowed"] = (Anna, Count(FakeScopes.Open), null),
        ["a count where only that is allowed"] = (Anna, Count(FakeScopes.CountOnly), null),
        ["a count by the auditor"] = (Ute, Count(FakeScopes.Open), DenyCode.RoleMayNot),
        ["a count for another purpose"] = (
            Anna, new Request.CountFlows(Purpose.SpamSource, FakeScopes.Open), DenyCode.OutOfScope),
        ["a count for no purpose of the list"] = (
            Anna, new Request.CountFlows(0, FakeScopes.Open), DenyCode.ActionNotAllowed),
        ["a count of what waits for review"] = (Anna, Count(FakeScopes.Sealed), DenyCode.TooManyScopes),
        ["a count of somebody else's case"] = (Arne, Count(FakeScopes.OfAnna), DenyCode.Unknown),

        ["telling the customer"] = (Anna, Notify(FakeScopes.Open), null),
        ["Weir tells the customer"] = (Actor.Weir, Notify(FakeScopes.Open), null),
        ["the privacy officer tells nobody"] = (Paula, Notify(FakeScopes.Open), DenyCode.RoleMayNot),
        ["telling where it is not allowed"] = (Anna, Notify(FakeScopes.CountOnly), DenyCode.ActionNotAllowed),
        ["telling for another purpose"] = (
            Anna, Notify(FakeScopes.Open) with { Purpose = Purpose.ScanSource }, DenyCode.OutOfScope),
        ["telling for no purpose of the list"] = (
            Anna, Notify(FakeScopes.Open) with { Purpose = (Purpose)77 }, DenyCode.ActionNotAllowed),
        ["telling of somebody else's case"] = (Arne, Notify(FakeScopes.OfAnna), DenyCode.Unknown),
        ["two people close what a scope names"] = (Otto, Close(OnePort, Anna), null),
        ["Weir closes what a scope names"] = (Actor.Weir, Close(OnePort, null), null),
        ["one person closes nothing"] = (Otto, Close(OnePort, null), DenyCode.SecondPersonNeeded),
        ["one person twice closes nothing"] = (AnnaAsOperator, Close(OnePort, Anna), DenyCode.SecondPersonNeeded),
        ["two of one role close nothing"] = (Arne, Close(OnePort, Anna), DenyCode.SecondPersonNeeded),
        ["nobody closes what a scope does not name"] = (Otto, Close(OtherPort, Anna), DenyCode.OutOfScope),
        ["Weir closes nothing that a scope does not name"] = (
            Actor.Weir, Close(OtherPort, null), DenyCode.OutOfScope),
        ["the auditor closes nothing"] = (Ute, Close(OnePort, Anna), DenyCode.RoleMayNot),

        ["an analyst asks who it is"] = (Anna, new Request.Disclose(FakeScopes.Open, Reason), null),
        ["the privacy officer gives who it is"] = (Paula, new Request.Disclose(FakeScopes.Open, Reason, Anna), null),
        ["an operator asks who it is"] = (
            Otto, new Request.Disclose(FakeScopes.Open, Reason), DenyCode.RoleMayNot),
        ["Weir asks who it is"] = (
            Actor.Weir, new Request.Disclose(FakeScopes.Open, Reason), DenyCode.RoleMayNot),
        ["two analysts disclose"] = (
            Arne, new Request.Disclose(FakeScopes.Open, Reason, Anna), DenyCode.SecondPersonNeeded),
        ["a disclosure without a reason"] = (
            Anna, new Request.Disclose(FakeScopes.Open, new string(' ', 30)), DenyCode.ActionNotAllowed),
        ["a disclosure for a short reason"] = (
            Anna, new Request.Disclose(FakeScopes.Open, Reason[1..]), DenyCode.ActionNotAllowed),
        ["a disclosure for a novel"] = (
            Anna, new Request.Disclose(FakeScopes.Open, new string('r', 2_001)), DenyCode.ActionNotAllowed),
        ["a disclosure without a scope"] = (
            Anna, new Request.Disclose(FakeScopes.Nowhere, Reason), DenyCode.Unknown),
        ["a disclosure where the scope allows none"] = (
            Anna, new Request.Disclose(FakeScopes.CountOnly, Reason), DenyCode.ActionNotAllowed),
        ["a disclosure of what is erased"] = (
            Anna, new Request.Disclose(FakeScopes.Erased, Reason), DenyCode.Expired),

        ["a subject by name"] = (Anna, new Request.LookUpSubject(), DenyCode.NoTrigger),
        ["a subject by name, for the privacy officer"] = (Paula, new Request.LookUpSubject(), DenyCode.NoTrigger),
        ["where else a subject goes"] = (
            Anna, new Request.ListOtherDestinations(FakeScopes.Open), DenyCode.PopulationPlaneOnly),
        ["who talks to an endpoint"] = (Anna, new Request.ListClients(Control), DenyCode.PopulationPlaneOnly),
        ["an authority's wish"] = (Paula, new Request.AuthorityRequest(), DenyCode.LegalProcess),
        ["pairs for outside"] = (Paula, new Request.Export(Pairs: true), DenyCode.AggregatesOnly),
        ["aggregates for outside"] = (Anna, new Request.Export(Pairs: false), null),
        ["aggregates for outside, by the auditor"] = (Ute, new Request.Export(Pairs: false), DenyCode.RoleMayNot),
        ["a scope out of a wish"] = (
            Anna, new Request.OpenScope(FakeScopes.Subject, FakeScopes.Class), DenyCode.NoTrigger),
        ["a scope on everything"] = (Anna, new Request.OpenScope(FakeScopes.Subject, new()), DenyCode.TooWide),
        ["a wider scope"] = (Anna, new Request.WidenScope(FakeScopes.Open, OtherPort), DenyCode.OutOfScope),
        ["a scope widened to everything"] = (Anna, new Request.WidenScope(FakeScopes.Open, new()), DenyCode.TooWide),
        ["a scope that is not there, widened"] = (
            Anna, new Request.WidenScope(FakeScopes.Nowhere, OtherPort), DenyCode.Unknown),

        ["Weir compares"] = (Actor.Weir, new Request.Compare(), null),
        ["a person compares"] = (Anna, new Request.Compare(), DenyCode.RoleMayNot),
        ["an analyst has a comparison begun"] = (Anna, new Request.StartComparison(), null),
        ["the auditor has none begun"] = (Ute, new Request.StartComparison(), DenyCode.RoleMayNot),
        ["the auditor reads reports"] = (Ute, new Request.ReadReports(), null),
        ["the administrator reads none"] = (Adam, new Request.ReadReports(), DenyCode.RoleMayNot),
        ["a report on many"] = (Anna, new Request.ReadPopulationReport("growth", 500), null),
        ["a report on few"] = (
            Anna, new Request.ReadPopulationReport("growth", 499), DenyCode.PopulationTooSmall),
        ["a cell of k"] = (Anna, new Request.ReadPopulationReport("growth", 500, 10), null),
        ["a cell below k"] = (Anna, new Request.ReadPopulationReport("growth", 500, 9), DenyCode.BelowK),
        ["a report for the administrator"] = (
            Adam, new Request.ReadPopulationReport("growth", 500), DenyCode.RoleMayNot),
        ["a candidate looked at by two"] = (Anna, new Request.ReviewCandidate("x", Otto), null),
        ["a candidate looked at by one"] = (
            Anna, new Request.ReviewCandidate("x"), DenyCode.SecondPersonNeeded),
        ["a candidate looked at by one person twice"] = (
            Anna, new Request.ReviewCandidate("x", AnnaAsOperator), DenyCode.SecondPersonNeeded),
        ["a candidate looked at by the auditor"] = (
            Ute, new Request.ReviewCandidate("x", Otto), DenyCode.RoleMayNot),
        ["a held network released by two"] = (Anna, new Request.DecideHeld("203.0.113.0/24", true, Otto), null),
        ["a held network dropped by two"] = (Otto, new Request.DecideHeld("203.0.113.0/24", false, Anna), null),
        ["a held network released by one"] = (
            Anna, new Request.DecideHeld("203.0.113.0/24", true), DenyCode.SecondPersonNeeded),
        ["a held network released by the auditor"] = (
            Ute, new Request.DecideHeld("203.0.113.0/24", true, Otto), DenyCode.RoleMayNot),
        ["an endpoint promoted by two"] = (Otto, new Request.Promote(Control, Anna), null),
        ["an endpoint promoted by one"] = (Otto, new Request.Promote(Control), DenyCode.SecondPersonNeeded),
        ["an endpoint promoted by an analyst and the officer"] = (
            Anna, new Request.Promote(Control, Paula), DenyCode.SecondPersonNeeded),
        ["an endpoint promoted by the auditor"] = (Ute, new Request.Promote(Control, Anna), DenyCode.RoleMayNot),
        ["an endpoint allowed by one"] = (Anna, new Request.AllowEndpoint(Control, "a mistake"), null),
        ["an endpoint allowed by who only reads"] = (
            Ute, new Request.AllowEndpoint(Control, "a mistake"), DenyCode.RoleMayNot),
        ["an endpoint held by one"] = (Anna, new Request.HoldEndpoint(Control, "a doubt"), null),
        ["an endpoint held by who only reads"] = (
            Ute, new Request.HoldEndpoint(Control, "a doubt"), DenyCode.RoleMayNot),
        ["a held endpoint let go by two"] = (Anna, new Request.ReleaseEndpoint(Control, Otto), null),
        ["a held endpoint let go by one in two roles"] = (
            Anna, new Request.ReleaseEndpoint(Control, AnnaAsOperator), DenyCode.SecondPersonNeeded),
        ["an endpoint taken back by one"] = (Anna, new Request.Demote(Control, "mistake"), null),
        ["an endpoint taken back by the auditor"] = (
            Ute, new Request.Demote(Control, "mistake"), DenyCode.RoleMayNot),
        ["Weir looks back"] = (Actor.Weir, new Request.RunLookBack(Control, "a-1"), null),
        ["a person looks back"] = (Anna, new Request.RunLookBack(Control, "a-1"), DenyCode.PopulationPlaneOnly),

        ["the list of cases"] = (Ute, new Request.ShowCase(null), null),
        ["the list of cases, for the administrator"] = (Adam, new Request.ShowCase(null), DenyCode.RoleMayNot),
        ["everybody's case"] = (Otto, new Request.ShowCase(FakeScopes.Everybodys), null),
        ["somebody else's case"] = (Otto, new Request.ShowCase(FakeScopes.Annas), DenyCode.Unknown),
        ["somebody else's case, for the auditor"] = (Ute, new Request.ShowCase(FakeScopes.Annas), null),
        ["a case that is not there"] = (Otto, new Request.ShowCase(new(77)), DenyCode.Unknown),
        ["work on a case"] = (Anna, new Request.WorkOnCase(FakeScopes.Annas, "close"), null),
        ["work on somebody else's case"] = (
            Otto, new Request.WorkOnCase(FakeScopes.Annas, "close"), DenyCode.Unknown),
        ["work on a case by the auditor"] = (
            Ute, new Request.WorkOnCase(FakeScopes.Everybodys, "close"), DenyCode.RoleMayNot),
        ["the officer lets a scope in force"] = (Paula, new Request.ReviewScope(FakeScopes.Sealed), null),
        ["an analyst lets none in force"] = (
            Anna, new Request.ReviewScope(FakeScopes.Sealed), DenyCode.RoleMayNot),
        ["the officer lets none in force that is not there"] = (
            Paula, new Request.ReviewScope(FakeScopes.Nowhere), DenyCode.Unknown),

        ["a block is planned"] = (Anna, new Request.BlockEndpoint("x", null), null),
        ["a block is approved by the other"] = (Otto, new Request.BlockEndpoint("x", null, Anna), null),
        ["a block is approved by who planned it"] = (
            AnnaAsOperator, new Request.BlockEndpoint("x", null, Anna), DenyCode.SecondPersonNeeded),
        ["a block is approved by another analyst"] = (
            Arne, new Request.BlockEndpoint("x", null, Anna), DenyCode.SecondPersonNeeded),
        ["a block for somebody else's case"] = (
            Otto, new Request.BlockEndpoint("x", FakeScopes.Annas), DenyCode.Unknown),
        ["a block by the auditor"] = (Ute, new Request.BlockEndpoint("x", null), DenyCode.RoleMayNot),
        ["blocks taken back by one"] = (Otto, new Request.WithdrawBlocks("all", "drill"), null),
        ["blocks taken back by the officer"] = (
            Paula, new Request.WithdrawBlocks("all", "drill"), DenyCode.RoleMayNot),
        ["the leaky garden by one"] = (Anna, new Request.Restrict(FakeScopes.Everybodys, false, "w"), null),
        ["the strict garden is asked for"] = (Anna, new Request.Restrict(FakeScopes.Everybodys, true, "w"), null),
        ["the strict garden is given by the other"] = (
            Otto, new Request.Restrict(FakeScopes.Everybodys, true, "w", Anna), null),
        ["the strict garden is given by who asked"] = (
            AnnaAsOperator, new Request.Restrict(FakeScopes.Everybodys, true, "w", Anna),
            DenyCode.SecondPersonNeeded),
        ["the strict garden is given by another analyst"] = (
            Arne, new Request.Restrict(FakeScopes.Everybodys, true, "w", Anna), DenyCode.SecondPersonNeeded),
        ["a garden for somebody else's case"] = (
            Otto, new Request.Restrict(FakeScopes.Annas, false, "w"), DenyCode.Unknown),
        ["a garden by the officer"] = (
            Paula, new Request.Restrict(FakeScopes.Everybodys, false, "w"), DenyCode.RoleMayNot),
        ["a consent brought by an analyst"] = (Anna, new Request.UseConsent("d"), null),
        ["a consent brought by an operator"] = (Otto, new Request.UseConsent("d"), DenyCode.RoleMayNot),
    };

    private readonly PolicyEvaluator _rules = new(new FakeScopes(), PolicyProfile.UsProvider);

    public static TheoryData<string> Names => [.. Decisions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_request_gets_the_answer_of_the_rules(string name)
    {
        var (actor, request, code) = Decisions[name];

        var decision = _rules.Evaluate(actor, request);

        Assert.Equal(code, (decision as Decision.Deny)?.Code);
        Assert.Equal(code is null, decision is Decision.Allow);
    }

    /// <summary>A request that is added to the closed list needs its rows here.</summary>
    [Fact]
    public void Every_request_has_a_grant_and_a_refusal_unless_it_has_but_one()
    {
        Type[] never =
        [
            typeof(Request.LookUpSubject), typeof(Request.ListOtherDestinations), typeof(Request.ListClients),
            typeof(Request.AuthorityRequest), typeof(Request.OpenScope), typeof(Request.WidenScope),
        ];
        Assert.All(typeof(Request).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(Request))), type =>
        {
            var rows = Decisions.Values.Where(row => row.Request.GetType() == type).ToList();
            Assert.Contains(rows, row => row.Code is not null);
            Assert.Equal(never.Contains(type), rows.All(row => row.Code is not null));
        });
    }

    [Fact]
    public void What_a_profile_changes()
    {
        var lab = new PolicyEvaluator(new FakeScopes(), PolicyProfile.Lab);
        Assert.IsType<Decision.Allow>(lab.Evaluate(Anna, new Request.ReadPopulationReport("growth", 1, 1)));

        var without = new PolicyEvaluator(new FakeScopes(), PolicyProfile.UsProvider with
        {
            Purposes = [.. PolicyProfile.UsProvider.Purposes.Where(purpose => purpose != Purpose.CustomerDiagnosis)],
        });
        Assert.Equal(
            DenyCode.ActionNotAllowed,
            Assert.IsType<Decision.Deny>(without.Evaluate(Anna, new Request.UseConsent("d"))).Code);
    }

    /// <summary>What may be read is what was asked and what the scope has, both, and never more.</summary>
    [Fact]
    public void A_filter_is_what_was_asked_within_what_the_scope_has()
    {
        var whole = FilterOf(Read(FakeScopes.Open))!;
        Assert.Equal(
            (FakeScopes.Open, FakeScopes.FromMs, FakeScopes.UntilMs), (whole.Scope, whole.FromMs, whole.UntilMs));
        Assert.Equal(FakeScopes.Class, whole.Predicate);
        Assert.Equal(ScopeFields.All & ~ScopeFields.Flags, whole.Fields);

        var part = FilterOf(Read(FakeScopes.Open) with
        {
            Predicate = OnePort, FromMs = 1_200, UntilMs = 1_300, Fields = ScopeFields.Time | ScopeFields.Flags,
        })!;
        Assert.Equal(OnePort, part.Predicate);
        Assert.Equal((1_200L, 1_300L, ScopeFields.Time), (part.FromMs, part.UntilMs, part.Fields));

        var count = FilterOf(Count(FakeScopes.CountOnly))!;
        Assert.Equal((FakeScopes.CountOnly, ScopeFields.None), (count.Scope, count.Fields));
        Assert.Null(FilterOf(Notify(FakeScopes.Open)));
    }

    [Fact]
    public void No_request_makes_a_filter_that_lets_anything_through_outside_its_scope()
    {
        var (granted, late) = (0, 0);
        var times = Gen.Choose(900, 2_100).Select(time => (long?)time);
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Direction, byte Protocol, ushort[] Ports, byte[] Hosts)>(),
            Gen.Zip(Gen.OneOf(times, Gen.Constant((long?)null)), Gen.OneOf(times, Gen.Constant((long?)null)))
                .ToArbitrary(),
            ArbMap.Default.ArbFor<bool>(), (what, when, ofSubject) =>
            {
                // Mostly inside, and now and then one step out of it in one way or another.
                ushort[] ports = [7_703, 7_704, 7_703, 7_704, 7_703, 443];
                var asked = new FlowPredicate
                {
                    Direction = what.Direction % 6 == 0 ? Direction.Both : Direction.Out,
                    Protocol = (what.Protocol % 6) switch { 0 => 0, 1 => 6, _ => 17 },
                    RemotePorts = [.. (what.Ports ?? []).Take(2).Append((ushort)0).Select(port => ports[port % 6])],
                    Remotes =
                    [
                        .. (what.Hosts ?? []).Take(2).Append((byte)0)
                            .Select(host => IpKey.Parse($"203.0.113.{9 + (host % 7 == 6 ? 2 : host % 2)}")),
                    ],
                };
                var (from, until) = (when.Item1, when.Item2);
                var request = (ofSubject ? ReadSubject(FakeScopes.Subject, asked) : Read(FakeScopes.Open)) with
                {
                    Predicate = asked, FromMs = from, UntilMs = until,
                };

                var isInside = asked.IsWithin(FakeScopes.Class) && (from ?? 1_000) >= 1_000
                    && (until ?? 2_000) <= 2_000 && (from ?? 1_000) <= (until ?? 2_000);
                var filter = FilterOf(request);
                granted += isInside ? 1 : 0;
                late += until > 2_000 && asked.IsWithin(FakeScopes.Class) ? 1 : 0;
                Assert.Equal(isInside, filter is not null);
                if (filter is not null)
                {
                    Assert.True(filter.Predicate.IsWithin(FakeScopes.Class));
                    Assert.InRange(filter.FromMs, FakeScopes.FromMs, FakeScopes.UntilMs);
                    Assert.InRange(filter.UntilMs, filter.FromMs, FakeScopes.UntilMs);
                    Assert.Equal(ScopeFields.None, filter.Fields & ScopeFields.Flags);
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(4_000).WithReplay(20_260_301, 7_919));
        Assert.True(granted > 50 && late > 10, $"{granted} granted, {late} too late: the generator finds nothing");
    }

    private RowFilter? FilterOf(Request request) => (_rules.Evaluate(Anna, request) as Decision.Allow)?.Filter;

    private static Request.ReadFlows Read(ScopeId scope, Purpose purpose = Purpose.DdosSource) =>
        new(purpose, scope, null, null);

    private static Request.ReadFlows ReadSubject(SubjectKey? subject, FlowPredicate predicate) =>
        new(Purpose.DdosSource, null, subject, predicate);

    private static Request.CountFlows Count(ScopeId scope) => new(Purpose.DdosSource, scope);

    private static Request.ActOnScope Notify(ScopeId scope) =>
        new(Purpose.DdosSource, scope, ScopeActions.Notify, FakeScopes.Class);

    private static Request.ActOnScope Close(FlowPredicate target, Actor? second) =>
        new(Purpose.DdosSource, FakeScopes.Open, ScopeActions.Block, target, second);
}
