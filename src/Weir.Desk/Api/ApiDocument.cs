// SPDX-License-Identifier: Apache-2.0
//
// The document of the API, made from the table of routes: who may call what, what goes in, what comes out, and every
// refusal with its code.
//
// Standards: OpenAPI 3.1.
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Comparisons;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api;

/// <summary>Describes the API.</summary>
internal static partial class ApiDocument
{
    /// <summary>Extension of an operation: who may call it.</summary>
    public const string RolesExtension = "x-weir-roles";

    /// <summary>As the type of bodies stands in the metadata.</summary>
    public const string AnyType = "*/*";

    private const string Name = "v1";

    public static void Add(IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Weir, the people's API",
                Version = Name,
                Description = "Asked over the Unix socket that the setting control.socket names, by the user of the "
                    + "operating system at its other end, or over TLS where control.listen says, by a token of such a "
                    + "user; the role is the governance's, in a lab that of the section access. A refusal is "
                    + "problem+json (RFC 9457) with a code from a closed list. What a request does is in the audit "
                    + "before it is done.",
            };
            document.Servers = [];
            document.Tags = new HashSet<OpenApiTag>();
            DescribeKinds(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var route = context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().Single();
            Describe(operation, route);
            return Task.CompletedTask;
        });
    });

    /// <summary>The route that answers with the document.</summary>
    public static ApiRoute Route(IServiceProvider services)
    {
        string? written = null; // the same for everybody and as long as this process runs
        return new ApiRoute<RawJson>
        {
            Method = HttpMethods.Get, Path = "openapi.json", Roles = RouteRoles.Everyone.OrOwnUser(),
            Repeat = RouteRepeat.Reads, Summary = "This document.", Answer = ComparisonJson.Default.RawJson,
            Refusal = _ => RouteRefusal.Of(AuditActions.LoginRefused, ""),
            Handle = async call => new(written ??= await WriteAsync(services, call.Cancel)),
        };
    }

    public static async Task<string> WriteAsync(IServiceProvider services, CancellationToken cancel)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name)
            .GetOpenApiDocumentAsync(cancel);
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        document.SerializeAsV31(new OpenApiJsonWriter(text));
        return text.ToString();
    }

    /// <summary>A value that is one of several says in one word which; System.Text.Json adds that member by
    /// itself.</summary>
    private static void DescribeKinds(OpenApiDocument document)
    {
        foreach (var member in from schema in document.Components?.Schemas?.Values ?? []
                               from member in schema.Properties?.Values ?? []
                               select member)
        {
            if (member is OpenApiSchema { Description: null, Enum.Count: 1 } word)
            {
                word.Description = "Which of its kinds it is.";
            }
            else if (member.Description is { } told)
            {
                member.Description = Blanks().Replace(told, " "); // as the comment says it, not as its lines break
            }
        }
    }

    private static void Describe(OpenApiOperation operation, ApiRoute route)
    {
        operation.OperationId = $"{route.Method.ToLowerInvariant()}-{PathMarks().Replace(route.Path, "-").Trim('-')}";
        operation.Description = $"For {route.Roles.Words}. {RepeatOf(route)}";
        operation.Tags = new HashSet<OpenApiTagReference>();
        operation.Parameters = [.. ParametersOf(route)];
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions[RolesExtension] = new JsonNodeExtension(new JsonArray(
            [.. route.Roles.Names.Select(role => (JsonNode)JsonValue.Create(role)!)]));
        foreach (var group in ApiRoutes.RefusalsOf(route).GroupBy(kind => kind.Status))
        {
            var status = group.Key.ToString(CultureInfo.InvariantCulture);
            if (operation.Responses?.GetValueOrDefault(status) is OpenApiResponse response)
            {
                response.Description = string.Join("; ", group.Select(kind => $"{kind.Code}: {kind.Title}"));
            }
        }

        if (operation.RequestBody is OpenApiRequestBody body)
        {
            body.Required = true;
            body.Content = body.Content?.ToDictionary(_ => "application/json", content => content.Value);
            body.Description = FormattableString.Invariant($"At most {route.MaxOctets} octets; no other members.");
        }
    }

    private static string RepeatOf(ApiRoute route) => route.Repeat switch
    {
        RouteRepeat.Reads => "Changes nothing.",
        RouteRepeat.ByName => "Sent again it changes nothing more, or is refused.",
        _ => $"Sent again with the same {IdempotencyKeys.Header} it is answered as the first time.",
    };

    private static IEnumerable<IOpenApiParameter> ParametersOf(ApiRoute route)
    {
        foreach (Match part in PathParts().Matches(route.Path))
        {
            yield return Parameter(part.Groups["name"].Value, ParameterLocation.Path, null);
        }

        foreach (var query in route.Query)
        {
            yield return Parameter(query.Name, ParameterLocation.Query, query.Meaning);
        }

        if (route.Repeat == RouteRepeat.ByKey)
        {
            yield return Parameter(
                IdempotencyKeys.Header, ParameterLocation.Header, FormattableString.Invariant(
                    $"1 to {IdempotencyKeys.MaxKeyLength} visible characters, new for each request; kept for a day."));
        }
    }

    private static OpenApiParameter Parameter(string name, ParameterLocation place, string? meaning) => new()
    {
        Name = name,
        In = place,
        Required = place == ParameterLocation.Path,
        Description = meaning,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    [GeneratedRegex(@"\{(?<name>[a-z]+)\}")]
    private static partial Regex PathParts();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex PathMarks();
}
