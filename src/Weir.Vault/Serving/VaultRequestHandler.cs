// SPDX-License-Identifier: Apache-2.0
//
// One endpoint for each thing the vault does. Who asks is the user at the other end of the socket; what is refused is
// answered with its code and a sentence, and told.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Vault.Consenting;
using Weir.Vault.Disclosing;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;
using Weir.Vault.Notifying;
using Weir.Vault.Sealing;
using Weir.Vault.Subjects;
using Weir.Wire;

namespace Weir.Vault.Serving;

/// <summary>The vault's answers.</summary>
internal sealed class VaultRequestHandler(
    VaultDependencies parts, PeerRights users, TimeProvider time, ILogger<VaultRequestHandler> log)
    : IDisposable
{
    private readonly IntakeRequestHandler _intake = new(parts);
    private readonly NoticeRequestHandler _notices = new(parts, time, log);
    private readonly SubscriberLineRequestHandler _lines = new(parts, time);

    public void Map(IEndpointRouteBuilder to)
    {
        to.MapGet("/v1/health", For(VaultRights.Collect | VaultRights.Desk | VaultRights.Subject, HealthAsync));
        to.MapGet("/v1/identity", For(VaultRights.Collect | VaultRights.Desk | VaultRights.Subject, IdentityAsync));
        to.MapGet("/v1/epochs/{epoch}/key", For(VaultRights.Collect, (c, p) => KeyAsync(c, p, cohort: false)));
        to.MapGet("/v1/epochs/{epoch}/cohort", For(VaultRights.Collect, (c, p) => KeyAsync(c, p, cohort: true)));
        to.MapGet("/v1/intake", For(VaultRights.Collect, (c, _) => _intake.AnswerAsync(c)));
        to.MapPost("/v1/subject", For(VaultRights.Subject, SubjectAsync));
        to.MapPost("/v1/seal", For(VaultRights.Desk, SealAsync));
        to.MapDelete("/v1/cases/{id}", For(VaultRights.Desk, DestroyAsync));
        to.MapPost("/v1/reissue", For(VaultRights.Desk, ReissueAsync));
        to.MapPost("/v1/attribute", For(VaultRights.Desk, AttributeAsync));
        to.MapPost("/v1/disclose", For(VaultRights.Desk, DiscloseAsync));
        to.MapPost("/v1/notices", For(VaultRights.Desk, _notices.AnswerAsync));
        to.MapPost("/v1/line", For(VaultRights.Desk, _lines.NetworksAsync));
        to.MapPost("/v1/protected", For(VaultRights.Desk, _lines.ProtectedAsync));
        to.MapPost("/v1/garden", For(VaultRights.Desk, _lines.GardenAsync));
        to.MapPost("/v1/consents", For(VaultRights.Subject, ConsentAsync));
        to.MapPost("/v1/consents/withdraw", For(VaultRights.Subject, WithdrawAsync));
        to.MapGet("/v1/consents/key", For(VaultRights.Desk, (c, _) => AnswerAsync(
            c, new ConsentKeyResponse(parts.ConsentKeys.PublicKey), VaultJsonContext.Default.ConsentKeyResponse)));
        to.MapPost("/v1/consents/use", For(VaultRights.Desk, RedeemAsync));
        to.MapPost("/v1/consents/withdrawn", For(VaultRights.Desk, WithdrawnAsync));
    }

    /// <summary>Waits for what goes on without its asker.</summary>
    public Task SettleAsync(TimeSpan patience) => _notices.SettleAsync(patience);

    public void Dispose() => _notices.Dispose();

    /// <summary>An endpoint for users who have one of some rights.</summary>
    private RequestDelegate For(VaultRights needed, Func<HttpContext, Peer, Task> answer) => async context =>
    {
        var peer = users.GetPeer(
            OsUsers.PeerOf(context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket));
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            if ((peer.Rights & needed) == 0)
            {
                log.PeerRefused(peer.Name, context.Request.Path);
                await parts.Audit.AppendAsync(new AuditEntry
                {
                    Actor = peer.Name,
                    Role = Actor.ToName(Role.Machine),
                    Act = AuditActions.LoginRefused,
                    Outcome = DenyCodes.ToName(DenyCode.RoleMayNot),
                    Reason = context.Request.Path
                }, context.RequestAborted);
                await RefuseAsync(
                    context, 403, DenyCodes.ToName(DenyCode.RoleMayNot),
                    $"user {peer.Name} may not ask this of the vault; name the user under vault.collector-user, "
                        + "vault.desk-user or vault.officers, and start the vault again");
                return;
            }

            await answer(context, peer);
        }
        catch (VaultRefusedException refused)
        {
            await RefuseAsync(context, 409, DenyCodes.ToName(refused.Code), refused.Message);
        }
        catch (EpochKeyException gone)
        {
            await RefuseAsync(context, 410, DenyCodes.ToName(DenyCode.Unattributable), gone.Message);
        }
        catch (Exception bad) when (bad is FormatException or JsonException)
        {
            await RefuseAsync(context, 400, "bad-request", bad.Message);
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or InvalidDataException or AuditException)
        {
            log.RequestFailed(context.Request.Path, failure.Message);
            await RefuseAsync(context, 503, DenyCodes.ToName(DenyCode.VaultDown), failure.Message);
        }
    };

    private Task HealthAsync(HttpContext context, Peer peer) => AnswerAsync(
        context,
        new VaultHealth(
            "ok", Epochs.At(time.GetUtcNow()), parts.Keys.Kept(), parts.Seals.All().Count, parts.Orders.Count,
            parts.Identity.Version, parts.Contacts.Rows, parts.Contacts.Refused, parts.Contacts.Fault,
            parts.Notified.Count, SubscriberLineRequestHandler.HealthOf(parts.Gardens)),
        VaultJsonContext.Default.VaultHealth);

    /// <summary>How much is kept of who had an address, and from when; of nobody in particular.</summary>
    private Task IdentityAsync(HttpContext context, Peer peer)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (rows, oldest, newest) = (0L, long.MaxValue, 0L);
        foreach (var row in parts.Identity.IntakeRows(0, out _))
        {
            var last = Math.Min(row.UntilMs, now);
            (rows, oldest, newest) = (rows + 1, Math.Min(oldest, last), Math.Max(newest, last));
        }

        var octets = parts.IdentityOctets();
        return AnswerAsync(
            context,
            new IdentityRetentionResponse(
                rows, rows > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(oldest) : null,
                rows > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(newest) : null, octets),
            VaultJsonContext.Default.IdentityRetentionResponse);
    }

    private async Task KeyAsync(HttpContext context, Peer peer, bool cohort)
    {
        var epoch = uint.TryParse((string?)context.Request.RouteValues["epoch"], out var number)
            ? number
            : throw new FormatException("an epoch is a number");
        var key = cohort ? BitConverter.GetBytes(parts.Keys.CohortOf(epoch)) : parts.Keys.GetKey(epoch);
        try
        {
            await parts.Audit.AppendAsync(
                new AuditEntry
                {
                    Actor = peer.Name,
                    Role = Actor.ToName(Role.Machine),
                    Act = AuditActions.GiveKey,
                    Outcome = AuditActions.Allow,
                    Reason = $"{(cohort ? "cohort" : "names")} of epoch {epoch}"
                },
                context.RequestAborted);
            context.Response.ContentType = "application/octet-stream";
            context.Response.ContentLength = key.Length;
            await context.Response.Body.WriteAsync(key, context.RequestAborted);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        }
    }

    private async Task SealAsync(HttpContext context, Peer peer)
    {
        var asked = await ReadAsync(context, VaultJsonContext.Default.SealRequest);
        await Keeper(peer).SealAsync(
            VaultText.Case(asked.Case), VaultText.Subject(asked.Subject), asked.Epoch, context.RequestAborted);
        context.Response.StatusCode = 204;
    }

    private async Task DestroyAsync(HttpContext context, Peer peer)
    {
        await Keeper(peer).DestroyAsync(
            VaultText.Case((string)context.Request.RouteValues["id"]!), context.RequestAborted);
        context.Response.StatusCode = 204;
    }

    private async Task ReissueAsync(HttpContext context, Peer peer)
    {
        var asked = await ReadAsync(context, VaultJsonContext.Default.ReissueRequest);
        var names = await Keeper(peer).ReissueAsync(
            [.. asked.Cases.Select(VaultText.Case)], asked.Epoch, context.RequestAborted);
        await AnswerAsync(
            context, new ReissueResponse(names.ToDictionary(n => n.Key.ToString(), n => n.Value.ToString())),
            VaultJsonContext.Default.ReissueResponse);
    }

    private async Task AttributeAsync(HttpContext context, Peer peer)
    {
        var asked = await ReadAsync(context, VaultJsonContext.Default.AttributionRequest);
        var name = await Keeper(peer).AttributeAsync(
            Address(asked.Address), asked.Port, asked.At, context.RequestAborted);
        await AnswerAsync(
            context, new AttributionResponse(name?.ToString()), VaultJsonContext.Default.AttributionResponse);
    }

    private async Task DiscloseAsync(HttpContext context, Peer peer)
    {
        var asked = await ReadAsync(context, VaultJsonContext.Default.DiscloseRequest);
        var order = new DisclosureOrder(
            VaultText.Case(asked.Case), VaultText.Scope(asked.Scope), asked.AskedBy, asked.AskedRole, asked.GivenBy,
            asked.GivenRole, asked.Reason, asked.Number);
        var view = await Keeper(peer).DiscloseAsync(order, context.RequestAborted);
        await AnswerAsync(
            context, new DiscloseResponse(view.Line, view.Until), VaultJsonContext.Default.DiscloseResponse);
    }

    private async Task SubjectAsync(HttpContext context, Peer peer)
    {
        var asked = await ReadAsync(context, VaultJsonContext.Default.SubjectAccessRequest);
        var view = await new SubjectAccessReporter(parts, time).MakeAsync(
            peer.Name, Address(asked.Address), asked.Port, asked.At, context.RequestAborted);
        await AnswerAsync(context, view, VaultJsonContext.Default.SubjectAccessReport);
    }

    private async Task ConsentAsync(HttpContext context, Peer peer)
    {
        var asked = await ReadAsync(context, VaultJsonContext.Default.ConsentRequest);
        var named = PredicateText.TryRead(asked.Class, out var read)
            ? read
            : throw new FormatException("a class is written out/tcp/25, then remote addresses if any");
        var token = await Consents(peer).GrantAsync(
            Address(asked.Address), asked.Port, named, asked.Hours, users.Desk, context.RequestAborted);
        await AnswerAsync(context, new ConsentTokenMessage(token), VaultJsonContext.Default.ConsentTokenMessage);
    }

    private async Task WithdrawAsync(HttpContext context, Peer peer)
    {
        var asked = await ReadAsync(context, VaultJsonContext.Default.ConsentWithdrawal);
        var count = await Consents(peer).WithdrawAsync(Address(asked.Address), asked.Port, context.RequestAborted);
        await AnswerAsync(context, new ConsentCountResponse(count), VaultJsonContext.Default.ConsentCountResponse);
    }

    private async Task RedeemAsync(HttpContext context, Peer peer)
    {
        var asked = await ReadAsync(context, VaultJsonContext.Default.ConsentTokenMessage);
        var name = await Consents(peer).RedeemAsync(asked.Token, context.RequestAborted);
        await AnswerAsync(
            context, new AttributionResponse(name.ToString()), VaultJsonContext.Default.AttributionResponse);
    }

    private async Task WithdrawnAsync(HttpContext context, Peer peer)
    {
        var asked = await ReadAsync(context, VaultJsonContext.Default.ConsentIdsResponse);
        var ids = asked.Ids.Select(text => ConsentId.TryParse(text, out var id)
            ? id
            : throw new FormatException($"'{text}' is not a consent: d- and 32 hexadecimal digits"));
        await AnswerAsync(
            context, new ConsentIdsResponse([.. Consents(peer).Withdrawn(ids).Select(id => id.ToString())]),
            VaultJsonContext.Default.ConsentIdsResponse);
    }

    private ConsentHandler Consents(Peer peer) => new(parts, peer.Name, time);

    private InProcessVault Keeper(Peer peer) => new(parts, peer.Name, time);

    private static IpKey Address(string text) => IpKey.TryParse(text, out var address)
        ? address
        : throw new FormatException("an address is written 192.0.2.7 or 2001:db8::7");

    internal static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
        ?? throw new JsonException("the request has no body");

    internal static Task AnswerAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, answer, type, context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string why)
    {
        context.Response.StatusCode = status;
        return AnswerAsync(context, new RefusalResponse(code, why), VaultJsonContext.Default.RefusalResponse);
    }
}
