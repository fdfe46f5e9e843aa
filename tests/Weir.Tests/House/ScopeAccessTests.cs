// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.RegularExpressions;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Store.Engine;
using Weir.Wire;

namespace Weir.Tests.House;

/// <summary>There is no fourth path to a subject's flows (rules.md section 1): nothing that takes a subject gives
/// flows, and leave is made in one place.</summary>
public partial class ScopeAccessTests
{
    private static readonly Type[] OfFlows = [typeof(EvidenceRow), typeof(Flow), typeof(FlowBatch)];

    [Fact]
    public void No_public_method_of_the_store_gives_flows_without_a_filter()
    {
        var methods = MethodsOf(typeof(FlowStore).Assembly).ToList();
        Assert.True(methods.Count > 50);
        var giving = methods.Where(m => Mentions(m.ReturnType, OfFlows)).ToList();
        Assert.NotEmpty(giving);
        Breaches.None(
            giving.Where(m => m.GetParameters().All(p => p.ParameterType != typeof(RowFilter))).Select(NameOf));
    }

    [Fact]
    public void No_public_method_of_the_store_that_takes_a_subject_gives_flows() =>
        Breaches.None(
            from method in MethodsOf(typeof(FlowStore).Assembly)
            where method.GetParameters().Any(p => Mentions(p.ParameterType, [typeof(SubjectKey), typeof(IpKey)]))
                && Mentions(method.ReturnType, OfFlows)
            select NameOf(method));

    [Fact]
    public void A_filter_a_scope_and_an_approval_are_each_made_in_one_file_of_a_process()
    {
        // A filter twice: the desk decides, and the store, which does not believe the desk, makes its own.
        Assert.Equal(
            ["src/Weir.Desk/Policy/PolicyEvaluator.cs", "src/Weir.Store/Evidence/EvidenceGate.cs"],
            MakersOf("RowFilter"));
        Assert.Equal(["src/Weir.Desk/Cases/CaseHandler.cs"], MakersOf("Scope"));
        Assert.Equal(
            ["src/Weir.Desk/Cases/CaseHandler.Approvals.cs", "src/Weir.Store/LookBack/PromotionCheck.cs"],
            MakersOf("Approval"));
    }

    [Fact]
    public void Only_the_disclosure_asks_the_vault_who_somebody_is() =>
        Assert.Equal(
            ["src/Weir.Desk/Cases/Disclosure.cs"],
            Repository.Sources("src/Weir.Desk").Where(f => VaultDiscloses().IsMatch(f.Text)).Select(f => f.Path));

    /// <summary>Worked example 8: who met an endpoint is asked by the machine alone, and told to nobody.</summary>
    [Fact]
    public void Who_met_an_endpoint_is_asked_in_one_place_with_the_leave_of_two()
    {
        var asking = MethodsOf(typeof(FlowStore).Assembly).Where(m => !m.IsSpecialName
            && Mentions(m.ReturnType, [typeof(ContactSearchResult), typeof(Sighting), typeof(QualityEvent)])).ToList();
        var one = Assert.Single(asking);
        Assert.Contains(one.GetParameters(), p => p.ParameterType == typeof(Approval));
        Assert.DoesNotContain(
            one.GetParameters(), p => Mentions(p.ParameterType, [typeof(SubjectKey), typeof(IpKey), typeof(Endpoint)]));

        var sources = Repository.Sources("src").ToList();
        Assert.Equal(
            ["src/Weir.Cli/SelfTesting/Rules/InProcessLookBack.cs", "src/Weir.Store/LookBack/LookBackGate.cs"],
            sources.Where(f => f.Text.Contains(".WhoMetAsync(", StringComparison.Ordinal)).Select(f => f.Path));
        Assert.Equal(
            [
                "src/Weir.Cli/SelfTesting/Rules/PromotionScenario.cs", "src/Weir.Store/LookBack/LookBackGate.cs",
            ],
            MakersOf("PromotedContacts"));
        Assert.DoesNotContain(
            sources.Where(f => f.Path.StartsWith("src/Weir.Desk/Api/", StringComparison.Ordinal)
                || f.Path.StartsWith("src/Weir.Cli/Commands/", StringComparison.Ordinal)),
            f => f.Text.Contains("LookBack(", StringComparison.Ordinal));
    }

    private static IEnumerable<string> MakersOf(string type) =>
        Repository.Sources("src").Where(f => Regex.IsMatch(f.Text, $@"\bnew {type}\s*[({{\n]"))
            .Select(f => f.Path).Order(StringComparer.Ordinal);

    private static IEnumerable<MethodInfo> MethodsOf(Assembly assembly) =>
        assembly.GetExportedTypes().SelectMany(t => t.GetMethods(
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly));

    private static bool Mentions(Type type, Type[] wanted) =>
        wanted.Contains(type) || (type.HasElementType && Mentions(type.GetElementType()!, wanted))
        || (type.IsGenericType && type.GetGenericArguments().Any(inner => Mentions(inner, wanted)));

    private static string NameOf(MethodInfo method) => $"{method.DeclaringType}.{method.Name}";

    [GeneratedRegex(@"\bvault\.DiscloseAsync\(|Vault\.DiscloseAsync\(")]
    private static partial Regex VaultDiscloses();
}
