// SPDX-License-Identifier: Apache-2.0
//
// What the processes of a configuration hold, as each says where it is watched: all at once from weir serve, one after
// the other where they run apart. So nobody reads another's folders.
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Hosting.Retention;

namespace Weir.Cli.Processes;

/// <summary>One kind of one process.</summary>
/// <param name="Process">Its name.</param>
/// <param name="Held">What it says.</param>
internal sealed record HeldByProcess(string Process, RetentionEntry Held);

/// <summary>Asks.</summary>
internal static class HeldByProcesses
{
    private const string Page = "retention";

    /// <summary>What every process holds; one that does not answer has a row that says so.</summary>
    public static async Task<IReadOnlyList<HeldByProcess>> ReadAsync(ProcessPlaces places, CancellationToken cancel)
    {
        var desk = await AskAsync(places, ProcessNames.Desk, cancel);
        if (desk.IsServe)
        {
            return places is { HasVault: true, IsVaultSupervised: false }
                ? [.. desk.Rows, .. (await AskAsync(places, ProcessNames.Vault, cancel)).Rows]
                : desk.Rows;
        }

        var rows = new List<HeldByProcess>();
        foreach (var process in places.BesideDesk)
        {
            rows.AddRange((await AskAsync(places, process, cancel)).Rows);
        }

        return [.. rows, .. desk.Rows];
    }

    /// <summary>Pages of several processes as one.</summary>
    /// <param name="pages">As processes serve them; null where one does not answer.</param>
    public static string Merge(IReadOnlyList<(string Process, string? Page)> pages)
    {
        var all = new JsonObject();
        foreach (var (process, page) in pages)
        {
            all[process] = page is null ? null : JsonNode.Parse(page);
        }

        return all.ToJsonString();
    }

    /// <summary>Rows of a page; of each process where it is that of weir serve.</summary>
    internal static (IReadOnlyList<HeldByProcess> Rows, bool IsServe) Read(string process, string page)
    {
        try
        {
            return JsonNode.Parse(page) is JsonObject all
                ? ([.. all.SelectMany(child => child.Value is { } held
                    ? Rows(child.Key, held.ToJsonString())
                    : [Unknown(child.Key, "it does not answer: it starts, or is started again")])], true)
                : (Rows(process, page), false);
        }
        catch (JsonException)
        {
            return ([Unknown(process, "what answers there tells of nothing that is held")], false);
        }
    }

    private static IReadOnlyList<HeldByProcess> Rows(string process, string page) =>
        RetentionPage.Parse(page) is { Count: > 0 } held
            ? [.. held.Select(entry => new HeldByProcess(process, entry))]
            : [Unknown(process, "it is not ready: see weir status")];

    private static HeldByProcess Unknown(string process, string why) =>
        new(process, new("all", null, null, 0, 0, "", RetentionEntry.Unknown, why));

    private static async Task<(IReadOnlyList<HeldByProcess> Rows, bool IsServe)> AskAsync(
        ProcessPlaces places, string process, CancellationToken cancel)
    {
        var answer = await ProcessStatus.GetAsync(places, process, Page, cancel);
        return answer.Page is { } page ? Read(process, page) : ([Unknown(process, answer.Why)], false);
    }
}
