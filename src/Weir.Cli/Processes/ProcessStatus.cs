// SPDX-License-Identifier: Apache-2.0
//
// How the processes of a configuration are, as each says where it serves its health: all at once from weir serve, one
// after the other where they run apart.
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Hosting.Monitoring;
using Weir.Hosting.Reloading;

namespace Weir.Cli.Processes;

/// <summary>One part of one process.</summary>
/// <param name="Process">Its name.</param>
/// <param name="Part">Of the process; <c>process</c> for one that does not answer.</param>
/// <param name="State"><c>ok</c>, <c>degraded</c>, <c>failing</c>, <c>away</c> or <c>unknown</c>.</param>
/// <param name="Since">When the state began; null where nobody knows.</param>
/// <param name="Reason">In an operator's words; empty when all is well.</param>
internal sealed record ProcessStatusRow(
    string Process, string Part, string State, DateTimeOffset? Since, string Reason);

/// <summary>What a process says where it is watched.</summary>
/// <param name="Page">The page; null where it does not answer.</param>
/// <param name="Where">Where it was asked; empty where no setting says.</param>
/// <param name="Why">Why there is no page; empty where there is one.</param>
internal readonly record struct ProcessAnswer(string? Page, string Where, string Why);

/// <summary>Asks.</summary>
internal static class ProcessStatus
{
    public const string Ok = "ok";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Every part of every process, those that are not well first; and whether weir serve answered for all.
    /// </summary>
    public static async Task<(IReadOnlyList<ProcessStatusRow> Rows, bool IsServe)> ReadAsync(
        ProcessPlaces places, CancellationToken cancel)
    {
        var rows = new List<ProcessStatusRow>();
        var desk = await AskAsync(places, ProcessNames.Desk, cancel);
        rows.AddRange(desk.Rows);
        foreach (var process in Beside(places, desk.IsServe))
        {
            rows.AddRange((await AskAsync(places, process, cancel)).Rows);
        }

        return ([.. rows.OrderBy(row => row.State == Ok).ThenBy(row => row.Process, StringComparer.Ordinal)
            .ThenBy(row => row.Part, StringComparer.Ordinal)], desk.IsServe);
    }

    /// <summary>The pages of metrics of all processes that answer.</summary>
    public static async Task<IReadOnlyList<(string Process, string Page)>> MetricsAsync(
        ProcessPlaces places, bool isServe, CancellationToken cancel)
    {
        var pages = new List<(string, string)>();
        foreach (var process in Beside(places, isServe).Prepend(ProcessNames.Desk))
        {
            if ((await GetAsync(places, process, "metrics", cancel)).Page is { } page)
            {
                pages.Add((isServe && process == ProcessNames.Desk ? ProcessNames.Serve : process, page));
            }
        }

        return pages;
    }

    /// <summary>The page of exporters that the collector of this machine hears.</summary>
    public static async Task<ProcessAnswer> ExportersAsync(ProcessPlaces places, CancellationToken cancel)
    {
        var desk = await AskAsync(places, ProcessNames.Desk, cancel);
        return await GetAsync(
            places, desk.IsServe ? ProcessNames.Desk : ProcessNames.Collector, "exporters", cancel);
    }

    /// <summary>Who is asked beside the desk, or beside weir serve, which answers for its children.</summary>
    private static IReadOnlyList<string> Beside(ProcessPlaces places, bool isServe) => !isServe ? places.BesideDesk
        : places is { HasVault: true, IsVaultSupervised: false } ? [ProcessNames.Vault] : [];

    /// <summary>Rows of a health page; of each process where it is that of weir serve.</summary>
    internal static (IReadOnlyList<ProcessStatusRow> Rows, bool IsServe) Read(string process, string health)
    {
        try
        {
            var page = JsonNode.Parse(health) as JsonObject;
            var rows = (page?["parts"] as JsonArray ?? throw new JsonException("there are no parts"))
                .Select(part => RowOf(process, part as JsonObject)).ToList();
            return (rows, page!["separation"] is not null);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            return (
                [new(process, "process", "unknown", null, "what answers there is no health page of Weir")], false);
        }
    }

    /// <summary>How a process stands with its configuration, where it serves its health.</summary>
    /// <returns>Null, and why.</returns>
    public static async Task<(ReloadResult? Result, string Why)> ConfigurationAsync(
        ProcessPlaces places, string process, CancellationToken cancel)
    {
        var answer = await GetAsync(places, process, "configuration", cancel);
        return answer.Page is { } page
            ? (ReloadResult.Parse(page), $"what answers at {answer.Where} is no process of this Weir")
            : (null, answer.Where.Length > 0 ? answer.Why : answer.Why + "; send its process SIGHUP");
    }

    /// <summary>A page of a process where it is watched.</summary>
    internal static async Task<ProcessAnswer> GetAsync(
        ProcessPlaces places, string process, string page, CancellationToken cancel)
    {
        if (places.MonitorOf(process) is not var (address, setting))
        {
            return new(null, "", $"{process}.monitor is not set, so it cannot be asked");
        }

        var where = $"{address} ({setting})";
        try
        {
            return new(await GetAsync(address, page, cancel), where, "");
        }
        catch (Exception away) when (away is HttpRequestException or IOException
            || (away is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new(null, where, $"nobody answers at {where}: is it running?");
        }
    }

    private static ProcessStatusRow RowOf(string process, JsonObject? part) => new(
        (string?)part?["process"] ?? process, Text(part, "part"), Text(part, "state"),
        (DateTimeOffset?)part?["since"], Text(part, "reason"));

    private static string Text(JsonObject? part, string name) =>
        (string?)part?[name] ?? throw new JsonException($"{name} is missing");

    private static async Task<(IReadOnlyList<ProcessStatusRow> Rows, bool IsServe)> AskAsync(
        ProcessPlaces places, string process, CancellationToken cancel)
    {
        var answer = await GetAsync(places, process, "healthz", cancel);
        return answer.Page is { } page
            ? Read(process, page)
            : ([new(process, "process", answer.Where.Length > 0 ? "away" : "unknown", null, answer.Why)], false);
    }

    private static async Task<string> GetAsync(MonitorAddress address, string page, CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = address.Socket is not { } path ? null : async (_, stop) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { Timeout = Patience };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var where = address.Listen is { } listen ? listen.ToString() : "monitor";
        using var answer = await http.GetAsync(new Uri($"http://{where}/{page}"), cancel);
        return await answer.Content.ReadAsStringAsync(cancel);
    }
}
