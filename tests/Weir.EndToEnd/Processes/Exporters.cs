// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>Exporters that send to a collector that is not there.</summary>
internal static class Exporters
{
    /// <summary>So many datagrams more have come to this host for a port that nobody has.</summary>
    public static async Task AreNotHeardAsync(long datagrams)
    {
        var before = Unheard();
        await Until.IsSoAsync(() => Unheard() >= before + datagrams, "datagrams come while nobody listens");
    }

    /// <summary>Has a process stand still, or go on.</summary>
    /// <param name="process">Its number.</param>
    /// <param name="signal"><c>STOP</c> or <c>CONT</c>.</param>
    public static Task SignalAsync(int process, string signal) =>
        Tool.RunAsync("kill", $"-{signal}", process.ToString(CultureInfo.InvariantCulture));

    /// <summary>By the kernel, of UDP and UDPv6 together.</summary>
    private static long Unheard() => Counter("/proc/net/snmp", "Udp:", 2) + Counter6();

    private static long Counter(string path, string name, int at) => long.Parse(
        File.ReadLines(path).Last(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ')[at],
        CultureInfo.InvariantCulture);

    private static long Counter6() => long.Parse(
        File.ReadLines("/proc/net/snmp6").Single(line => line.StartsWith("Udp6NoPorts", StringComparison.Ordinal))
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
