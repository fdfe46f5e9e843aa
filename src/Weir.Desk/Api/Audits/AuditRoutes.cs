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

/// <summary>A head that the auditor countersigned.</summary>
/// <param name="Head">Its line, octet for octet.</param>
/// <param name="Signature">Over the line, armored as ssh-keygen writes it, namespace <c>weir-head</c>.</param>
internal sealed record CountersignatureSubmission(string Head, string Signature);

/// <param name="Size">Entries that the head covers.</param>
internal sealed record CountersignatureResponse(long Size);

/// <summary>The desk's record for whoever may verify it and has no way into its folder. That it was read is on record
/// first.</summary>
/// <param name="folder">Where it lies.</param>
/// <param name="audit">It itself.</param>
/// <param name="countersignatures">Heads that the auditor countersigned.</param>
internal sealed class AuditRoutes(string folder, IAuditLog audit, CountersignatureBook countersignatures)
{
    private static readonly ApiParameter[] Paging =
    [
        ApiRoute.Paging[0],
        new("after", "Number of the head, or sequence of the entry, behind which to begin; 0 without it."),
        new("newest", "`true`: the last lines, as many as `limit` says, in place of those behind `after`."),
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
        .Add(Lines("heads", "Heads of the desk's record, oldest first.", AuditLines.Heads, AuditLines.NewestHeads))
        .Add(Lines("entries",
            "Entries of the desk's record, oldest first: every look, act and refusal, as signed heads "
            + "cover them.", AuditLines.Entries, AuditLines.NewestEntries))
        .Add(new ApiRoute<CountersignatureSubmission, CountersignatureResponse>
        {
            Method = HttpMethods.Post, Path = "audit/countersignatures", Roles = RouteRoles.From(Role.Auditor),
            Repeat = RouteRepeat.ByName, Summary = "Put the auditor's signature over a head of the desk's record on record.",
            Body = AuditJson.Default.CountersignatureSubmission, Answer = AuditJson.Default.CountersignatureResponse,
            Refusal = (_, _) => RouteRefusal.Of(AuditActions.Countersign, ""),
            Handle = async (call, sent) => new((await countersignatures.TakeAsync(
                call.Actor, new(sent.Head, sent.Signature), call.Cancel)).Size),
        });

    private ApiRoute<AuditLinesResponse> Lines(
        string part, string summary, Func<string, long, int, IReadOnlyList<string>> read,
        Func<string, int, IReadOnlyList<string>> newest)
    {
        return new()
        {
            Method = HttpMethods.Get, Path = $"audit/{part}", Roles = RouteRoles.For(Permission.VerifyAudit),
            Repeat = RouteRepeat.Reads, Summary = summary, Query = Paging, Answer = AuditJson.Default.AuditLinesResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.ReadAudit, part),
            Handle = async call =>
            {
                var (after, most) = (After(call), call.Limit);
                if (call.Query("newest") is { } word)
                {
                    if (word != "true")
                    {
                        throw ApiRefusalException.BadRequest($"newest '{word}' is none; write true, or leave it out");
                    }

                    await RecordAsync(call, $"{part}, the newest");
                    return new(newest(folder, most), null);
                }

                await RecordAsync(call, string.Create(CultureInfo.InvariantCulture, $"{part} after {after}"));
                var lines = read(folder, after, most);
                return new(lines, lines.Count < most ? null : NumberOf(part, lines[^1]));
            },
        };
    }

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
[JsonSerializable(typeof(CountersignatureSubmission))]
[JsonSerializable(typeof(CountersignatureResponse))]
internal sealed partial class AuditJson : JsonSerializerContext;
