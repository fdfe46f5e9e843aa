// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>A scope as the desk shows it.</summary>
internal sealed record ShownScope(
    string Id, string Case, string State, string Purpose, string Class, string From, string Until, string Trigger,
    string? WholeSince);

/// <summary>What a run came to, without what each run names anew: pseudonyms, numbers of cases and scopes.</summary>
/// <param name="Cases">Purposes and number of scopes of each case.</param>
/// <param name="Scopes">Purpose, class, time and rows of evidence of each scope.</param>
internal sealed record KillOutcome(IReadOnlyList<string> Cases, IReadOnlyList<string> Scopes)
{
    /// <summary>Fails with what one of them lacks and what it has too much.</summary>
    public static void AreEqual(KillOutcome expected, KillOutcome actual)
    {
        foreach (var (before, now) in new[] { (expected.Cases, actual.Cases), (expected.Scopes, actual.Scopes) })
        {
            Assert.True(
                before.SequenceEqual(now),
                $"{before.Count} and {now.Count}; lost:\n{Less(before, now)}\ntoo many:\n{Less(now, before)}");
        }
    }

    /// <summary>Waits until all that was sent is with store and desk and nothing more comes of it: no event is under
    /// way, and no contact window is open that would move the end of a scope when it closes.</summary>
    public static async Task<KillOutcome> ReadAsync(FourProcesses four, LabRun sent)
    {
        var (collector, desk) = (four["collector"], four["desk"]);
        await collector.UntilAsync("all is read, and every event and contact window of it is over", async () =>
            await collector.SumAsync("weir_digesting_flows_total") >= sent.Flows
            && await collector.SumAsync("weir_detecting_events_open") == 0
            && KillAccount.OpenWindows(four) == 0);
        await collector.UntilAsync("all is with store and desk", async () =>
            await collector.SumAsync("weir_spool_segments_waiting") == 0
            && await collector.SumAsync("weir_outbox_waiting") == 0);
        await desk.UntilAsync("every event is handled", async () =>
            await desk.SumAsync("weir_cases_events_waiting") == 0);
        KillOutcome? before = null;
        await desk.UntilAsync("nothing more comes of it", async () =>
        {
            var now = await ReadAsync(four);
            var isSame = before is not null && now.Cases.SequenceEqual(before.Cases)
                && now.Scopes.SequenceEqual(before.Scopes);
            before = now;
            return isSame;
        });
        return before!;
    }

    public static async Task<IReadOnlyList<ShownScope>> ScopesAsync(FourProcesses four)
    {
        List<ShownScope> scopes = [];
        foreach (var id in (await CasesAsync(four)).Select(one => one.GetProperty("id").GetString()!))
        {
            scopes.AddRange((await four.ApiAsync($"cases/{id}")).GetProperty("scopes").EnumerateArray().Select(one =>
                new ShownScope(
                    Text(one, "id"), id, Text(one, "state"), Text(one, "purpose"), Text(one, "class"),
                    Text(one, "from"), Text(one, "until"), Text(one, "trigger"), one.GetProperty("wholeSince").GetString())));
        }

        return scopes;
    }

    private static async Task<KillOutcome> ReadAsync(FourProcesses four)
    {
        // Purposes stand in the order of arrival, which is nobody's promise.
        var cases = (await CasesAsync(four)).Select(one =>
            $"{string.Join(' ', Text(one, "purposes").Split(' ').Order(StringComparer.Ordinal))} "
            + $"{one.GetProperty("scopes")}");
        List<string> scopes = [];
        foreach (var scope in await ScopesAsync(four))
        {
            var evidence = await four.ApiAsync(
                $"cases/{scope.Case}/evidence", $$"""{"scope": "{{scope.Id}}", "count": true}""");
            scopes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{scope.Purpose} {scope.Class} {scope.From} {scope.Until} rows={evidence.GetProperty("total")}"));
        }

        return new([.. cases.Order(StringComparer.Ordinal)], [.. scopes.Order(StringComparer.Ordinal)]);
    }

    private static async Task<IReadOnlyList<JsonElement>> CasesAsync(FourProcesses four)
    {
        var page = await four.ApiAsync("cases?limit=1000");
        Assert.Equal(JsonValueKind.Null, page.GetProperty("next").ValueKind);
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    private static string Less(IReadOnlyList<string> one, IReadOnlyList<string> other)
    {
        var rest = one.ToList();
        foreach (var line in other)
        {
            _ = rest.Remove(line);
        }

        return string.Join('\n', rest);
    }

    private static string Text(JsonElement one, string name) => one.GetProperty(name).GetString()!;
}
