// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Desk.Api.Audits;

/// <param name="PublicKey">The key that heads are signed with, as PEM.</param>
internal sealed record AuditKeyResponse(string PublicKey);

/// <summary>Lines of the record, octet for octet.</summary>
/// <param name="Lines">In their order.</param>
/// <param name="Next">What to send as <c>after</c> for the lines behind; null where these are the last.</param>
internal sealed record AuditLinesResponse(IReadOnlyList<string> Lines, long? Next);

/// <summary>The desk's record for whoever may verify it and has no way into its folder. That it was read is on record
/// first.</summary>
/// <param name="folder">Where it lies.</param>
/// <param name="audit">It itself.</param>
internal sealed class AuditRoutes(string folder, IAuditLog audit)
{
    private static readonly ApiParameter[] Paging =
    [
        ApiRoute.Paging[0], new("after", "Number of the head, or sequence of the entry, behind which to begin; 0 without it."),
    ];

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<AuditKeyResponse>
        {
            Method = HttpMethods.Get, Path = "audit/key", Roles = RouteRoles.For(Permission.VerifyAudit),
            Repeat = RouteRepeat.Reads, Summary = "The public key of the desk's record.",
            Answer = AuditJson.Default.AuditKeyResponse, Refusal = _ => RouteRefusal.Of(AuditActions.ReadAudit, "key"),
            Handle = async call =>
            {
                await RecordAsync(call, "key");
                return new(AuditLines.Key(folder));
            },
        })
        .Add(Lines("heads", "Heads of the desk's record, oldest first.", AuditLines.Heads))
        .Add(Lines("entries", "Entries of the desk's record, oldest first: every look, act and refusal, as signed heads "
            + "cover them.", AuditLines.Entries));

    private ApiRoute<AuditLinesResponse> Lines(
        string part, string summary, Func<string, long, int, IReadOnlyList<string>> read) => new()
    {
        Method = HttpMethods.Get, Path = $"audit/{part}", Roles = RouteRoles.For(Permission.VerifyAudit),
        Repeat = RouteRepeat.Reads, Summary = summary, Query = Paging, Answer = AuditJson.Default.AuditLinesResponse,
        Refusal = _ => RouteRefusal.Of(AuditActions.ReadAudit, part),
        Handle = async call =>
        {
            var (after, most) = (After(call), call.Limit);
            await RecordAsync(call, string.Create(CultureInfo.InvariantCulture, $"{part} after {after}"));
            var lines = read(folder, after, most);
            return new(lines, lines.Count < most ? null : NumberOf(part, lines[^1]));
        },
    };

    private static long NumberOf(string part, string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty(part == "heads" ? "number" : "sequence").GetInt64();
    }

    private static long After(ApiCall call) => call.Query("after") is not { } text ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after
        : throw ApiRefusalException.BadRequest($"after '{text}' is no number of a line; send the `next` of the page before");

    private async Task RecordAsync(ApiCall call, string what) => _ = await audit.AppendAsync(
        new AuditEntry
        {
            Actor = call.Actor.Name, Role = call.Actor.RoleWord, Act = AuditActions.ReadAudit,
            Outcome = AuditActions.Allow, Reason = what,
        },
        call.Cancel);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditKeyResponse))]
[JsonSerializable(typeof(AuditLinesResponse))]
internal sealed partial class AuditJson : JsonSerializerContext;
