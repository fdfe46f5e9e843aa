// SPDX-License-Identifier: Apache-2.0
//
// How the console asks: by the routes of the people's API, as its user. What it may do is the list below, and no
// signature and no release stands in it: those are given with a key (rules.md R23). What two keys signed it has carried
// out, by CarryOut alone (ADR 0077).
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.Policy;
using Weir.Desk.Api.Routing;

namespace Weir.Desk.Console.Routing;

/// <summary>The API's answer, or why there is none.</summary>
/// <param name="Value">The answer; null where it was refused.</param>
/// <param name="Problem">The refusal; null where there is an answer.</param>
/// <param name="Octets">Either as it came.</param>
/// <param name="Tag">The answer's version; empty where it has none.</param>
internal sealed record Reply<T>(T? Value, ApiProblem? Problem, byte[] Octets, string Tag)
    where T : class;

/// <summary>The API for one person.</summary>
/// <param name="api">The API.</param>
/// <param name="actor">Who asks.</param>
/// <param name="gone">The browser went away: what is only read is given up.</param>
/// <param name="stop">The console ends. What is done hangs on it alone, so that it is done whole or not at all.</param>
internal sealed class ConsoleApi(LocalApi api, Actor actor, CancellationToken gone, CancellationToken stop)
{
    /// <summary>Everything that the console can have done.</summary>
    public static readonly FrozenSet<string> Acts = FrozenSet.ToFrozenSet(
        [
            "POST cases/{id}/evidence", "PUT cases/{id}/assignee", "POST cases/{id}/comments", "PUT cases/{id}/snooze",
            "PUT cases/{id}/closure", "POST cases/{id}/rechecks", "PUT cases/{id}/garden", "POST notices",
            "POST blocks",
            "POST blocks/{id}/withdrawal", "POST blocks/emergency-stop", "POST console/sessions/{id}/end",
            "POST line-blocks", "POST comparisons", "POST candidates/{id}/review", "POST promotions", "POST demotions",
            "POST console/password/keys", "PUT console/password", "POST console/password/removal",
            "POST allowances", "POST holds", "POST disclosures", "POST blocks/{id}/approval", "POST disclosures/{id}/approval",
            "POST promotions/{id}/approval", "POST reviews/{id}/approval",
        ],
        StringComparer.Ordinal);

    /// <summary>Whether this person's role may call a route, so that nothing is offered that would be
    /// refused.</summary>
    public bool May(string method, string path) => api.RolesOf(method, path).Allows(actor.Role);

    /// <summary>Asks for something.</summary>
    /// <param name="path">Of the route, with its braces.</param>
    /// <param name="answer">Type of the answer.</param>
    /// <param name="values">What stands for the braces, and parameters; null and empty ones are left out.</param>
    public Task<Reply<T>> GetAsync<T>(
        string path, JsonTypeInfo<T> answer, params (string Name, string? Value)[] values)
        where T : class => SendAsync(Call("GET", path, values), answer, gone);

    /// <summary>All rows of a list, page by page, up to a number of them. <c>Next</c> says where they go on.</summary>
    /// <param name="path">Of the list.</param>
    /// <param name="answer">Type of a page.</param>
    /// <param name="most">Most rows.</param>
    /// <param name="values">Filters, and where to begin.</param>
    public async Task<Reply<ApiPage<TRow>>> ListAsync<TRow>(
        string path, JsonTypeInfo<ApiPage<TRow>> answer, int most, params (string Name, string? Value)[] values)
    {
        List<TRow> rows = [];
        var at = values.FirstOrDefault(value => value.Name == "after").Value;
        while (true)
        {
            var limit = Math.Min(ApiCall.MaxPage, most - rows.Count);
            var reply = await GetAsync(path, answer, [
                .. values.Where(value => value.Name != "after"), ("after", at),
                ("limit", limit.ToString(CultureInfo.InvariantCulture)),
            ]);
            if (reply.Value is not { } page)
            {
                return reply;
            }

            rows.AddRange(page.Items);
            if (page.Next is null || rows.Count >= most || page.Items.Count == 0)
            {
                var all = new ApiPage<TRow>(rows, page.Next);
                return new(all, null, [], reply.Tag);
            }

            at = page.Next;
        }
    }

    /// <summary>Has something done, or be so.</summary>
    /// <param name="act">One of <see cref="Acts"/>.</param>
    /// <param name="body">Its body.</param>
    /// <param name="bodyType">Type of the body.</param>
    /// <param name="answer">Type of the answer.</param>
    /// <param name="values">What stands for the braces; <c>If-Match</c> and <c>Idempotency-Key</c> are headers.</param>
    public Task<Reply<T>> DoAsync<TBody, T>(
        string act, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> answer,
        params (string Name, string? Value)[] values)
        where T : class =>
        SendAsync(Act(act, values) with { Body = JsonSerializer.SerializeToUtf8Bytes(body, bodyType) }, answer, stop);

    /// <summary>Has something done that the path alone says.</summary>
    /// <inheritdoc cref="DoAsync{TBody, T}"/>
    public Task<Reply<T>> DoAsync<T>(string act, JsonTypeInfo<T> answer, params (string Name, string? Value)[] values)
        where T : class => SendAsync(Act(act, values), answer, stop);

    private static LocalCall Act(string act, (string Name, string? Value)[] values)
    {
        if (!Acts.Contains(act))
        {
            throw new ArgumentException($"the console may not {act}; ConsoleApi.Acts lists what it may", nameof(act));
        }

        var (method, path) = (act.Split(' ')[0], act.Split(' ')[1]);
        return Call(method, path, values);
    }

    private static LocalCall Call(string method, string path, (string Name, string? Value)[] values)
    {
        var given = values.Where(value => value.Value is { Length: > 0 }).ToList();
        bool IsPart((string Name, string? Value) value) => path.Contains($"{{{value.Name}}}", StringComparison.Ordinal);
        bool IsHeader((string Name, string? Value) value) => value.Name is "If-Match" or IdempotencyKeys.Header;
        return new(method, path)
        {
            // A part that is empty stays one, and is refused as what does not exist.
            Parts = values.Where(IsPart).ToDictionary(value => value.Name, value => value.Value is { Length: > 0 } part
                ? part : "-"),
            Headers = given.Where(IsHeader).ToDictionary(value => value.Name, value => value.Value!),
            Query = [.. given.Where(value => !IsPart(value) && !IsHeader(value))
                .Select(value => KeyValuePair.Create(value.Name, value.Value))],
        };
    }

    private async Task<Reply<T>> SendAsync<T>(LocalCall call, JsonTypeInfo<T> answer, CancellationToken cancel)
        where T : class
    {
        var given = await api.CallAsync(actor.Name, call, cancel);
        return given.IsGiven
            ? new(JsonSerializer.Deserialize(given.Octets, answer), null, given.Octets, given.Tag)
            : new(null, JsonSerializer.Deserialize(given.Octets, ApiProblemJson.Default.ApiProblem), given.Octets, "");
    }
}
