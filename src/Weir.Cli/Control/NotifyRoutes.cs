// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Serving;
using Weir.Contracts.Policy;
using Weir.Desk.Alerts;
using Weir.Hosting.Auditing;
using Weir.Hosting.Channels;

namespace Weir.Cli.Control;

/// <summary>A channel as it is shown.</summary>
internal sealed record ChannelRow(
    string Name, long Taken, long Sent, long Waiting, long Held, long Digested, long GivenUp, long Failures,
    DateTimeOffset? LastSent, string Fault);

/// <summary>Channels of alerts: how they stand, and a try. For who keeps the program running; the try is in
/// the audit first.</summary>
internal sealed class NotifyRoutes(ControlParts parts)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/notify/channels", ControlCall.With(parts, ListAsync));
        app.MapPost("/v1/notify/channels/{name}/test", ControlCall.With(parts, TestAsync));
    }

    private async Task ListAsync(ControlCall call)
    {
        if (await MayAsync(call, "channels"))
        {
            await call.AnswerAsync((parts.Alerts?.Sender?.ChannelStatuses ?? [])
                .Select(s => new ChannelRow(
                    s.Name, s.Taken, s.Sent, s.Waiting, s.Held, s.Digested, s.GivenUp, s.Failures, s.SentAt, s.Fault))
                .ToList());
        }
    }

    private async Task TestAsync(ControlCall call)
    {
        var name = call.Route("name");
        if (!await MayAsync(call, name))
        {
            return;
        }

        if (parts.Alerts?.Sender?.Channels.FirstOrDefault(c => c.Name == name) is not { } channel)
        {
            await call.RefuseAsync(new(
                DenyCode.Unknown,
                $"{name} is no channel; weir notify channels lists them, and notifying.channels names them."));
            return;
        }

        await parts.Audit.AppendAsync(Entry(call.Actor, AuditActions.Allow, name), call.Cancel);
        try
        {
            await parts.Alerts.TestAsync(channel, call.Actor.Name, call.Cancel);
            await call.AnswerAsync(new Told($"{name} took it"));
        }
        catch (ChannelException fault)
        {
            await call.DownAsync("channel-down", fault.Message);
        }
    }

    private async Task<bool> MayAsync(ControlCall call, string what)
    {
        if (call.Actor.Role is Role.Operator or Role.Administrator)
        {
            return true;
        }

        await parts.Audit.AppendAsync(Entry(call.Actor, DenyCodes.ToName(DenyCode.RoleMayNot), what), call.Cancel);
        await call.RefuseAsync(new(DenyCode.RoleMayNot, "Channels are the operator's and the administrator's."));
        return false;
    }

    private static AuditEntry Entry(Actor actor, string outcome, string what) => new()
    {
        Actor = actor.Name,
        Role = actor.RoleWord,
        Act = AuditActions.TestChannel,
        Outcome = outcome,
        Reason = what
    };
}
