// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.EndToEnd.Processes;

/// <summary>What a collector says became of all that exporters sent it, over all its runs.</summary>
/// <param name="Generation">Runs.</param>
/// <param name="Digested">Flows in segments.</param>
/// <param name="Other">Flows that go nowhere.</param>
/// <param name="NotFlows">Records that are none.</param>
/// <param name="Missing">Records that sequence numbers miss.</param>
/// <param name="Kept">Of these, flows that are in segments all the same.</param>
internal readonly record struct KillAccount(
    double Generation, double Digested, double Other, double NotFlows, double Missing, double Kept)
{
    public double Lost => Missing - Kept;

    public double Sum => Digested + Other + NotFlows + Missing;

    /// <summary>Contact windows that were open at the collector's last durable count.</summary>
    public static long OpenWindows(FourProcesses four) => long.Parse(
        File.ReadLines(Path.Combine(four.Place.Folder("collector"), "account")).First().Split(' ')[4],
        CultureInfo.InvariantCulture);

    public static async Task<KillAccount> ReadAsync(RunningProcess collector) => new(
        await collector.SumAsync("weir_account_generation"),
        await collector.SumAsync("weir_account_flows_total", "digested"),
        await collector.SumAsync("weir_account_flows_total", "other"),
        await collector.SumAsync("weir_account_flows_total", "not-flows"),
        await collector.SumAsync("weir_account_missing", "records"),
        await collector.SumAsync("weir_account_flows_total", "kept"));
}
