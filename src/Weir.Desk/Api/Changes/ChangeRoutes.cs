// SPDX-License-Identifier: Apache-2.0
//
// Standards: Server-sent events (HTML, 9.2).
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Api.Changes;

/// <summary>One event of the stream.</summary>
/// <param name="Topics">What changed, of what the caller's role may ask for; at the begin, all that it will be told
/// of.</param>
internal sealed record ChangeNote(IReadOnlyList<string> Topics);

/// <summary>What changed, as it happens. Of no case and no line anything: who is told asks the route of the
/// topic.</summary>
/// <param name="feed">Numbers of topics.</param>
/// <param name="rolesOf">Who may call the route of a topic.</param>
/// <param name="time">The clock.</param>
internal sealed class ChangeRoutes(ChangeFeed feed, Func<string, RouteRoles> rolesOf, TimeProvider time)
{
    /// <summary>Something is said at least so often, so that a connection that is gone is seen to be.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public ApiRoutes Map(ApiRoutes routes) => routes.Add(new ApiStream
    {
        Method = HttpMethods.Get, Path = "changes", Roles = RouteRoles.Everyone, Repeat = RouteRepeat.Reads,
        Summary = "What changed, as server-sent events: names of topics, nothing of what is in them. It goes on until "
            + "either side ends it, the role is another, or the session is over.",
        Answer = ChangeJson.Default.ChangeNote, Refusal = _ => RouteRefusal.Of(AuditActions.ShowInstance, "changes"),
        Write = WriteAsync,
    });

    private async Task WriteAsync(ApiCall call, Stream to, Func<bool> goesOn, CancellationToken cancel)
    {
        int[] theirs = [.. feed.Topics.Index().Where(one => rolesOf(one.Item.Route).Allows(call.Actor.Role))
            .Select(one => one.Index)];
        var before = feed.Read();
        await SayAsync(to, "begin", theirs, cancel);
        var said = time.GetTimestamp();
        using var rounds = new PeriodicTimer(ChangeFeed.Period, time);
        while (await rounds.WaitForNextTickAsync(cancel) && goesOn())
        {
            var now = feed.Read();
            int[] changed = [.. theirs.Where(i => now[i] != before[i])];
            before = now;
            if (changed.Length > 0)
            {
                await SayAsync(to, "changed", changed, cancel);
                said = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(said) >= Silence)
            {
                await to.WriteAsync(": here\n\n"u8.ToArray(), cancel);
                await to.FlushAsync(cancel);
                said = time.GetTimestamp();
            }
        }
    }

    private async Task SayAsync(Stream to, string name, int[] topics, CancellationToken cancel)
    {
        var note = JsonSerializer.Serialize(
            new ChangeNote([.. topics.Select(i => feed.Topics[i].Name)]), ChangeJson.Default.ChangeNote);
        await to.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"event: {name}\ndata: {note}\n\n"), cancel);
        await to.FlushAsync(cancel);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChangeNote))]
internal sealed partial class ChangeJson : JsonSerializerContext;
