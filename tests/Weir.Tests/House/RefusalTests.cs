// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.RegularExpressions;
using Weir.Collector.Composing;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Store;
using Weir.Vault;

namespace Weir.Tests.House;

/// <summary>Every code by which something is refused, and every route between processes, is named by a test: the lists
/// are read from the program itself, so that a new code or route without a test fails here.</summary>
public sealed partial class RefusalTests
{
    private static readonly Assembly[] Program =
    [
        typeof(DenyCode).Assembly, typeof(PeerCodes).Assembly, typeof(CollectorProcessOptions).Assembly,
        typeof(StoreProcessOptions).Assembly, typeof(Desk.Policy.PolicyEvaluator).Assembly,
        typeof(VaultProcessOptions).Assembly,
    ];

    /// <summary>Lines of tests, and of the worked examples that the program examines itself by and a test runs; words
    /// in comments name nothing.</summary>
    private static readonly Lazy<string[]> Tested = new(() =>
    [
        .. Repository.Sources("tests").Concat(Repository.Sources("src/Weir.Cli/SelfTesting"))
            .Where(file => file.Name != "RefusalTests.cs")
            .SelectMany(file => file.Lines).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)),
    ]);

    /// <summary>Members of every enum of reasons, by the word that people and counters see.</summary>
    public static IEnumerable<(string Type, string Member, string Word)> Reasons =>
        from type in Program.SelectMany(assembly => assembly.GetTypes())
        where type.IsEnum && Reason().IsMatch(type.Name)
        from object value in Enum.GetValues(type)
        let member = value.ToString()!
        where member != "None"
        select (type.Name, member, WordOf(type, value));

    /// <summary>Constants of every list of codes.</summary>
    public static IEnumerable<(string Type, string Member, string Word)> Codes =>
        from type in Program.SelectMany(assembly => assembly.GetTypes())
        where CodeList().IsMatch(type.Name)
        from constant in type.GetFields(BindingFlags.Public | BindingFlags.Static)
        where constant is { IsLiteral: true } && constant.FieldType == typeof(string)
        select (type.Name, constant.Name, (string)constant.GetRawConstantValue()!);

    [Fact]
    public void The_lists_are_found()
    {
        string[] expected =
        [
            "ApiProblems", "CertificateFault", "DenyCode", "DeskRoutes", "EnvelopeFault", "GroundsFault",
            "MitigationRefusal", "PeerCodes", "PeerFault", "StoreCodes", "StoreRoutes", "VaultCodes", "VaultRoutes",
        ];
        Assert.Subset(
            Reasons.Concat(Codes).Select(one => one.Type).Distinct().ToHashSet(), expected.ToHashSet());
    }

    [Fact]
    public void Every_refusal_and_every_route_between_processes_is_named_by_a_test() =>
        Breaches.None(Reasons.Concat(Codes).Where(one => !Tested.Value.Any(line => Names(line, one)))
            .Select(one => $"{one.Type}.{one.Member} ({one.Word}) is named by no test"));

    /// <summary>By its name; or by its word, on a line that judges codes where the word is one of everyday.</summary>
    private static bool Names(string line, (string Type, string Member, string Word) one)
    {
        if (Regex.IsMatch(line, $@"\b{one.Type}\.{one.Member}\b"))
        {
            return true;
        }

        var isWord = Regex.IsMatch(line, $@"[""=]{Regex.Escape(one.Word)}[""\\}},]");
        return isWord && (one.Word.Contains('-') || one.Word.Contains('/') || Judges().IsMatch(line));
    }

    /// <summary>As its own list of words has it; its name where it has none.</summary>
    private static string WordOf(Type type, object value)
    {
        var words = Program.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(one => one.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .FirstOrDefault(method => method.Name is "ToName" or "ToCode" or "Word" && !method.IsGenericMethod
                && method.ReturnType == typeof(string)
                && method.GetParameters() is [{ ParameterType: var taken }] && taken == type);
        return words is null ? value.ToString()! : (string)words.Invoke(null, [value])!;
    }

    [GeneratedRegex("(Fault|Refusal|DenyCode)$")]
    private static partial Regex Reason();

    [GeneratedRegex("^(ApiProblems|MitigationRefusal|[A-Z][a-z]+Codes|(Desk|Store|Vault)Routes)$")]
    private static partial Regex CodeList();

    [GeneratedRegex("[Cc]ode|[Oo]utcome|InlineData|reason|RefusedAsync|WordAsync|Status|problem")]
    private static partial Regex Judges();
}
