// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Desk.Api.Cases;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Console.Cases;

/// <summary>The filter line: <c>name:value</c> with blanks between, as the address holds it. A value with a blank is
/// written with a plus.</summary>
/// <param name="Values">What the API is asked with.</param>
/// <param name="Odd">Words that are none; told, and not sent.</param>
internal sealed record CaseFilter(IReadOnlyList<(string Name, string? Value)> Values, IReadOnlyList<string> Odd)
{
    /// <summary>Files that somebody may have to do something about.</summary>
    public const string NotClosed = "open,assigned,snoozed";

    /// <summary>Names that may stand in it: the API's own.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "state", "rule", "purpose", "assignee", "endpoint", "list", "family", "severity", "level", "notice",
        ApiTimes.FromName, ApiTimes.ToName,
    ];

    /// <summary>What a value may be, where that is known; the API would find nothing by another one.</summary>
    private static readonly Dictionary<string, Func<string, bool>> Typed = new(StringComparer.Ordinal)
    {
        ["state"] = value => value is "any" || value.Split(',').All(one => States.Contains(one)),
        ["rule"] = value => value.Split(',').All(
            one => CaseList.OtherRules.Contains(one) || DetectionRules.Find(one) is not null),
        ["severity"] = value => value is "low" or "medium" or "high",
        ["endpoint"] = value => EndpointText.TryRead(value, out _),
        [ApiTimes.FromName] = value => ApiTimes.TryParse(value, out _),
        [ApiTimes.ToName] = value => ApiTimes.TryParse(value, out _),
    };

    private static readonly string[] States = ["open", "assigned", "snoozed", "closed", "erased"];

    /// <summary>The line, and parameters of the same names beside it.</summary>
    /// <param name="line">As it was typed.</param>
    /// <param name="parameter">A parameter of the address.</param>
    /// <param name="me">Whom <c>assignee:me</c> means.</param>
    public static CaseFilter Read(string line, Func<string, string?> parameter, string me)
    {
        List<(string, string?)> values = [];
        List<string> odd = [];
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            var name = colon > 0 ? word[..colon] : "";
            Take(name, name.Length > 0 ? word[(colon + 1)..].Replace('+', ' ') : "", word);
        }

        foreach (var name in Names.Where(name => parameter(name) is not null
            && values.TrueForAll(value => value.Item1 != name)).ToList())
        {
            Take(name, parameter(name)!, $"{name}:{parameter(name)}");
        }

        void Take(string name, string value, string word)
        {
            if (Names.Contains(name) && value.Length > 0 && (!Typed.TryGetValue(name, out var fits) || fits(value)))
            {
                values.Add((name, value));
            }
            else
            {
                odd.Add(word);
            }
        }

        return new(
            [.. values.DistinctBy(value => value.Item1).Select(value => value is ("assignee", "me") ? ("assignee", me)
                : value is ("state", "any") ? ("state", null) : value)
                .Concat(values.Exists(value => value.Item1 == "state") ? [] : [("state", NotClosed)])],
            odd);
    }

    /// <summary>The line that says the same.</summary>
    public string Line => string.Join(' ', Values.Where(value => value is not ("state", NotClosed) and not (_, null))
        .Select(value => $"{value.Name}:{value.Value!.Replace(' ', '+')}"));
}
