// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Desk.Api.Routing;
using Weir.Desk.Oversight;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Releases;

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

/// <summary>Records for whoever may verify them and has no way into their folders: the desk's own, and those of the
/// other processes, which give them to it. That one was read is on record first.</summary>
/// <param name="folder">Where the desk's lies.</param>
/// <param name="audit">It itself.</param>
/// <param name="countersignatures">Heads that the auditor countersigned.</param>
/// <param name="others">The other processes'; null for none.</param>
internal sealed class AuditRoutes(
    string folder, IAuditLog audit, CountersignatureBook countersignatures, OtherRecords? others)
{
    private const string Desk = "desk";

    private static readonly ApiParameter Record = new(
        "record", "Whose record: `desk`, `store`, `vault`, or a collector by its name; the desk's without it. Lines "
            + "are that process's own, under its own key.");

    private static readonly ApiParameter[] Paging =
    [
        ApiRoute.Paging[0],
        new("after", "Number of the head, or sequence of the entry, behind which to begin; 0 without it."),
        new("newest", "`true`: the last lines, as many as `limit` says, in place of those behind `after`."),
        Record,
    ];

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<AuditKeyResponse>
        {
            Method = HttpMethods.Get, Path = "audit/key", Roles = RouteRoles.For(Permission.VerifyAudit),
            Repeat = RouteRepeat.Reads, IsUrgent = true, Summary = "The public key of a record.", Query = [Record],
            Answer = AuditJson.Default.AuditKeyResponse, Refusal = _ => RouteRefusal.Of(AuditActions.ReadAudit, "key"),
            Handle = async call => new(string.Concat(await ReadAsync(call, AskOf(call, "key")))),
        })
        .Add(Lines("heads", "Heads of a record, oldest first."))
        .Add(Lines(
            "entries", "Entries of a record, oldest first: every look, act and refusal, as signed heads cover them."))
        .Add(new ApiRoute<CountersignatureSubmission, CountersignatureResponse>
        {
            Method = HttpMethods.Post, Path = "audit/countersignatures", Roles = RouteRoles.From(Role.Auditor),
            Repeat = RouteRepeat.ByName, IsUrgent = true,
            Summary = "Put the auditor's signature over a head of the desk's record on record.",
            Body = AuditJson.Default.CountersignatureSubmission, Answer = AuditJson.Default.CountersignatureResponse,
            Refusal = (_, _) => RouteRefusal.Of(AuditActions.Countersign, ""),
            Handle = async (call, sent) => new((await countersignatures.TakeAsync(
                call.Actor, new(sent.Head, sent.Signature), call.Cancel)).Size),
        });

    private ApiRoute<AuditLinesResponse> Lines(string part, string summary) => new()
    {
        Method = HttpMethods.Get, Path = $"audit/{part}", Roles = RouteRoles.For(Permission.VerifyAudit),
        Repeat = RouteRepeat.Reads, IsUrgent = true, Summary = summary, Query = Paging,
        Answer = AuditJson.Default.AuditLinesResponse,
        Refusal = _ => RouteRefusal.Of(AuditActions.ReadAudit, part),
        Handle = async call =>
        {
            if (call.Query("newest") is { } word and not "true")
            {
                throw ApiRefusalException.BadRequest($"newest '{word}' is none; write true, or leave it out");
            }

            var asked = AskOf(call, part) with
            {
                After = After(call), Most = call.Limit, IsNewest = call.Query("newest") is not null,
            };
            var lines = await ReadAsync(call, asked);
            return new(lines, asked.IsNewest || lines.Count < asked.Most ? null : NumberOf(part, lines[^1]));
        },
    };

    /// <summary>Lines of the record that is asked for, once it is on the desk's own that they are read.</summary>
    private async Task<IReadOnlyList<string>> ReadAsync(ApiCall call, RecordAsk asked)
    {
        var record = call.Query("record") ?? Desk;
        if (record != Desk && others?.Names.Contains(record) != true)
        {
            throw ApiRefusalException.BadRequest(
                $"record '{record}' is none; write one of "
                + string.Join(", ", (IEnumerable<string>)[Desk, .. others?.Names ?? []]));
        }

        var what = asked.Part == "key" ? "key"
            : asked.IsNewest ? $"{asked.Part}, the newest"
            : string.Create(CultureInfo.InvariantCulture, $"{asked.Part} after {asked.After}");
        await call.RecordAsync(audit, AuditActions.ReadAudit, record == Desk ? what : $"of the {record}: {what}");
        return record == Desk ? RecordGate.Read(folder, asked)
            : await others!.ReadAsync(record, asked, call.Cancel)
                ?? throw ApiRefusalException.BadRequest($"record '{record}' is none any more; ask for another");
    }

    private static RecordAsk AskOf(ApiCall call, string part) => new("", part, 0, 1, false, call.Actor.Name);

    private static long NumberOf(string part, string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty(part == "heads" ? "number" : "sequence").GetInt64();
    }

    private static long After(ApiCall call) => call.Query("after") is not { } text ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after
        : throw ApiRefusalException.BadRequest($"after '{text}' is no number of a line; send the `next` of the page before");
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditKeyResponse))]
[JsonSerializable(typeof(AuditLinesResponse))]
[JsonSerializable(typeof(CountersignatureSubmission))]
[JsonSerializable(typeof(CountersignatureResponse))]
internal sealed partial class AuditJson : JsonSerializerContext;
