// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Alerts;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Channels;

namespace Weir.Desk.Api.Channels;

/// <summary>A channel as it is shown; the counts are alerts since the start.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Taken">Alerts it was to send.</param>
/// <param name="Sent">Taken by it.</param>
/// <param name="Waiting">Not sent yet.</param>
/// <param name="Held">Kept back for the next digest.</param>
/// <param name="Digested">Told of by a digest instead.</param>
/// <param name="GivenUp">Refused for good, or too old.</param>
/// <param name="Failures">Tries that failed.</param>
/// <param name="LastSent">When it last took one.</param>
/// <param name="Fault">Why the latest try failed; empty where it did not.</param>
internal sealed record ChannelSummary(
    string Name, long Taken, long Sent, long Waiting, long Held, long Digested, long GivenUp, long Failures,
    DateTimeOffset? LastSent, string Fault);

/// <param name="Channels">In the configuration's order.</param>
internal sealed record ChannelsResponse(IReadOnlyList<ChannelSummary> Channels);

/// <param name="Text">What the channel did, in words.</param>
internal sealed record ChannelTested(string Text);

/// <summary>Channels of alerts: how they stand, and a try. For who keeps the program running; the try is in
/// the audit first.</summary>
/// <param name="alerts">Null where no channel is configured.</param>
/// <param name="audit">Where a try stands first.</param>
/// <param name="time">Dates a try.</param>
internal sealed class ChannelRoutes(AlertSender? alerts, IAuditLog audit, TimeProvider time)
{
    private static readonly RouteRoles Keepers = RouteRoles.From(Role.Operator, Role.Administrator);

    public ApiRoutes Map(ApiRoutes routes) => routes
        .Add(new ApiRoute<ChannelsResponse>
        {
            Method = HttpMethods.Get, Path = "channels", Roles = Keepers, Repeat = RouteRepeat.Reads,
            Summary = "Channels of alerts in the configuration's order, and how each stands.",
            Answer = ChannelJson.Default.ChannelsResponse,
            Refusal = _ => RouteRefusal.Of(AuditActions.TestChannel, "channels"),
            Handle = _ => Task.FromResult(new ChannelsResponse([.. (alerts?.ChannelStatuses ?? []).Select(Format)])),
        })
        .Add(new ApiRoute<ChannelTested>
        {
            Method = HttpMethods.Post, Path = "channels/{name}/tests", Roles = Keepers, Repeat = RouteRepeat.ByName,
            Summary = "Send one alert of kind test by a channel, at once.",
            Refusals = ["unknown", ApiProblems.ChannelDown], Answer = ChannelJson.Default.ChannelTested,
            Refusal = call => RouteRefusal.Of(AuditActions.TestChannel, call.Part("name")), Handle = TestAsync,
        });

    private async Task<ChannelTested> TestAsync(ApiCall call)
    {
        var name = call.Part("name");
        if (alerts?.Channels.FirstOrDefault(c => c.Name == name) is not { } channel)
        {
            throw ApiRefusalException.From(new(
                DenyCode.Unknown,
                $"{name} is no channel; weir notify channels lists them, and notifying.channels names them."));
        }

        await audit.AppendAsync(
            new AuditEntry
            {
                Actor = call.Actor.Name,
                Role = call.Actor.RoleWord,
                Act = AuditActions.TestChannel,
                Outcome = AuditActions.Allow,
                Reason = name,
            },
            call.Cancel);
        try
        {
            await ChannelTest.SendAsync(channel, call.Actor.Name, time.GetUtcNow(), call.Cancel);
            return new($"{name} took it");
        }
        catch (ChannelException fault)
        {
            throw new ApiRefusalException(ApiProblems.ChannelDown, fault.Message);
        }
    }

    private static ChannelSummary Format(ChannelStatus s) => new(
        s.Name, s.Taken, s.Sent, s.Waiting, s.Held, s.Digested, s.GivenUp, s.Failures, s.SentAt, s.Fault);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChannelsResponse))]
[JsonSerializable(typeof(ChannelTested))]
internal sealed partial class ChannelJson : JsonSerializerContext;
