// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Weir.Desk.Api.Routing;

/// <summary>The closed list of what the API can be asked for. It is written once, at the start; what it does not list
/// does not exist.</summary>
internal sealed class ApiRoutes
{
    public const string Prefix = "/api/v1";

    /// <summary>Refusals that every route has.</summary>
    public static readonly string[] OfEvery =
    [
        ApiProblems.BadRequest, "role-may-not", ApiProblems.PeerRefused, ApiProblems.Failed, ApiProblems.AuditDown,
        ApiProblems.JournalLost, ApiProblems.PeerDown, ApiProblems.NoToken, ApiProblems.TooMany,
    ];

    /// <summary>Refusals that every route with a body has.</summary>
    public static readonly string[] OfBodies =
        [ApiProblems.WrongMediaType, ApiProblems.TooLarge, ApiProblems.TooSlow];

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post, HttpMethods.Put];

    private readonly List<ApiRoute> _routes = [];

    public IReadOnlyList<ApiRoute> All => _routes;

    /// <summary>Adds a route; gives the list back, so that routes are written below each other.</summary>
    /// <exception cref="ArgumentException">The path is none or given twice, the JSON is lenient, or a refusal is none
    /// of the list: faults of this program, seen when it starts.</exception>
    public ApiRoutes Add(ApiRoute route)
    {
        var isPath = route.Path.Split('/').All(part => part.Length > 0 && part.All(c =>
            char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.' or '{' or '}'));
        if (!isPath || !Methods.Contains(route.Method)
            || _routes.Exists(other => other.Method == route.Method && other.Path == route.Path))
        {
            throw new ArgumentException($"the route {route.Name} is given twice, or is none");
        }

        if (route.Method == HttpMethods.Get && (route.Repeat != RouteRepeat.Reads || route.BodyType is not null))
        {
            throw new ArgumentException($"{route.Name} changes something or has a body; it is no GET");
        }

        RequireStrict(route.AnswerType.Options, route);
        RequireStrict(route.BodyType?.Options ?? route.AnswerType.Options, route);
        foreach (var code in route.Refusals)
        {
            _ = ApiProblems.Find(code);
        }

        _routes.Add(route);
        return this;
    }

    /// <summary>All refusals a route can answer with.</summary>
    public static IEnumerable<ApiProblemKind> RefusalsOf(ApiRoute route) =>
        OfEvery.Concat(route.BodyType is null ? [] : OfBodies)
            .Concat(route.Repeat == RouteRepeat.ByKey ? [ApiProblems.KeyReused] : [])
            .Concat(route.Version is null || route.Method == HttpMethods.Get ? [] : [ApiProblems.Changed])
            .Concat(route.Refusals).Distinct(StringComparer.Ordinal).Select(ApiProblems.Find)
            .OrderBy(kind => kind.Status).ThenBy(kind => kind.Code, StringComparer.Ordinal);

    private static void RequireStrict(JsonSerializerOptions options, ApiRoute route)
    {
        if (options is not
            {
                UnmappedMemberHandling: JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties: false,
                PropertyNameCaseInsensitive: false, RespectNullableAnnotations: true,
                RespectRequiredConstructorParameters: true,
            })
        {
            throw new ArgumentException($"{route.Name}: its JSON context must have "
                + "[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict)]");
        }
    }
}
