// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Notifying;

namespace Weir.Vault.Serving;

internal sealed record NoticeRequest(
    string Case, string Scope, string Step, string Purpose, string Trigger, string Class, string Endpoint,
    DateTimeOffset First, DateTimeOffset Last, string Grounds, IReadOnlyList<string> Done, string Link)
{
    public static NoticeRequest From(Notice notice) => new(
        notice.Case.ToString(), notice.Scope.ToString(), NoticeNames.ToName(notice.Step),
        Purposes.ToName(notice.Facts.Purpose), notice.Facts.Trigger, notice.Facts.Class, notice.Facts.Endpoint,
        notice.Facts.First, notice.Facts.Last, notice.Facts.Grounds, notice.Facts.Done, notice.Link);

    /// <exception cref="FormatException">A word is none.</exception>
    public Notice Read()
    {
        var purpose = Purposes.TryParse(Purpose, out var known)
            ? known
            : throw new FormatException($"'{Purpose}' is not a purpose");
        var step = NoticeNames.TryParse(Step, out NoticeStep named)
            ? named
            : throw new FormatException($"'{Step}' is not a step");
        return new Notice(
            VaultText.Case(Case), VaultText.Scope(Scope), step,
            new NoticeFacts
            {
                Purpose = purpose,
                Trigger = Trigger,
                Class = Class,
                Endpoint = Endpoint,
                First = First,
                Last = Last,
                Grounds = Grounds,
                Done = Done
            }, Link);
    }
}

internal sealed record NoticeResponse(
    string Outcome, string Channel, string Reply, string Digest, string Language, DateTimeOffset At)
{
    public static NoticeResponse From(NoticeReceipt proof) =>
        new(NoticeNames.ToName(proof.Outcome), proof.Channel, proof.Reply, proof.Digest, proof.Language, proof.At);

    /// <exception cref="FormatException">The outcome is none.</exception>
    public NoticeReceipt Read() => new(
        NoticeNames.TryParse(Outcome, out NoticeOutcome outcome)
            ? outcome
            : throw new FormatException($"'{Outcome}' is not an outcome"),
        Channel, Reply, Digest, Language, At);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NoticeRequest))]
[JsonSerializable(typeof(NoticeResponse))]
internal sealed partial class NoticeJsonContext : JsonSerializerContext;

/// <summary>Notices over the vault's socket: asked by the desk, answered with what became of them.</summary>
internal sealed class NoticeRequestHandler(VaultDependencies parts, TimeProvider time, ILogger log) : IDisposable
{
    private readonly NoticeDelivery _delivery = new(parts, time, log);

    public async Task AnswerAsync(HttpContext context, Peer peer)
    {
        var asked = await VaultRequestHandler.ReadAsync(context, NoticeJsonContext.Default.NoticeRequest);
        var proof = await _delivery.DeliverAsync(asked.Read(), peer.Name, context.RequestAborted);
        await VaultRequestHandler.AnswerAsync(
            context, NoticeResponse.From(proof), NoticeJsonContext.Default.NoticeResponse);
    }

    /// <summary>Before the process ends.</summary>
    public Task SettleAsync(TimeSpan patience) => _delivery.SettleAsync(patience);

    public void Dispose() => _delivery.Dispose();
}
