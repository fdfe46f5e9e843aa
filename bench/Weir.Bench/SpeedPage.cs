// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;
using Weir.Desk.Reporting.Html;

namespace Weir.Bench;

/// <summary>All figures of a run as a table, and as the page <c>docs/40-speed.md</c>.</summary>
public static class SpeedPage
{
    public static void Table(IReadOnlyList<Measurement> scores, TextWriter output)
    {
        string[] heads = ["", "what", "measured", "aim", "ok"];
        string[][] rows = [heads, .. scores.Select(s => (string[])[s.Area, s.What, s.Measured, s.Aim, Mark(s)])];
        var widths = Enumerable.Range(0, heads.Length).Select(i => rows.Max(row => row[i].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }
    }

    public static string Page(IReadOnlyList<Measurement> scores)
    {
        var missed = scores.Where(s => s.Ok == false).ToList();
        using var page = new StringWriter();
        page.Write(string.Create(CultureInfo.InvariantCulture, $"""
            # Speed and memory

            Written by `make bench`; do not edit. Machine: {Processor()}, {Environment.ProcessorCount} logical processors, {MemoryGiB():0} GiB of
            memory, {RuntimeInformation.OSArchitecture}, .NET {Environment.Version}. Load average when this page was written: {Load()}.

            Figures of `Weir.Bench` are of one core: for decode, watchlist and detecting the best of several short rounds, so that neighbours
            on a shared machine count less; for the others the mean over the whole run.
            `bench/compare/run.sh` measures whole processes by their processor time, `bench/compare/live.sh` a running `weir serve` with
            its sender on the same machine. Only ratios within one run compare well with another machine's.

            | | what | measured | aim | met |
            |---|---|---|---|---|

            """));
        foreach (var s in scores)
        {
            page.WriteLine($"| {s.Area} | {s.What} | {s.Measured} | {s.Aim} | {Mark(s)} |");
        }

        page.WriteLine();
        page.WriteLine("## Not met in this run");
        page.WriteLine();
        page.WriteLine(missed.Count == 0
            ? "Nothing: every aim above is met."
            : string.Join('\n', missed.Select(s => $"- {s.Area}, {s.What}: {s.Measured}, aim {s.Aim}.")));
        page.Write("""

            ## How to read it

            - **decode**: datagrams as large as Ethernet carries, read from memory into a visitor that writes every field; octets are those
              allocated per record.
            - **inputs**: full NetFlow v5 datagrams through a lane's decoder, in turns with and without named exporters and followed streams;
              the digest of the datagram is part of the difference, shared by its flows.
            - **watchlist**: a million entries, a quarter of them IPv6. *In the matching step* is how Weir asks: 64 flows side by side, so
              that the misses of the cache overlap. *One after the other* is a single question at a time.
            - **detecting**: counters and rules for a million subjects in random order, ten minutes of flow time, every hundredth line busy
              enough for detail; the time of judging is among that of the flows. Memory is what the stage made resident.
            - **packets**: an ordinary capture of 8 M packets, made for it; *weir analyze* is the whole command by `/usr/bin/time`, user
              and system, its start and its report among it; the two readings of the file stand by themselves beside it.
            - **digest**: seven million pairs held, flows in random order, both directions in one entry; the mean of all, by the clock.
            - **evidence**: a million subjects; *scopes open* are on another port than the flows, so this is what watching costs those who
              are not meant. The ring is filled at ten times the rate named and encrypts beside; the pass decrypts all of it.
            - **cases**: a worm's events from the inbox of the case desk until the last scope is before the shards; audit (fsync) and
              records (SQLite) in the folder for temporary files.
            - **socket**: one sender and one lane on loopback; both share the machine.
            - **audit**: entries on disk (fsync) before their receipt, in the folder for temporary files. *Together* is group commit: 64
              callers, each waiting for its own entry before the next.
            - **identity**: 1 M leases and 1 M port blocks in the vault's tables; questions at random, one after the other, so every one
              misses the cache; those by port find the block first and then the lease of the address behind it.
            - **analyze**: the same exports go to `nfcapd`; `nfdump` then answers who contacted the list and sums by destination and port.
              The share that has an aim is of that chain at its cheapest, where `nfdump` prints no sums (`-o null`), as Weir prints none;
              printed as text they cost `nfdump` most of its time, and the share of that stands beside it without an aim.
            - **console**: `weir serve` over cases that a generator made, while `weir lab blast` sends; one session asks page by page, from
              the request's last octet to the answer's first.
            - **serve**: `weir lab blast` sends what a simulated provider exports, a hundred flows a line and then again from other
              lines, so that no datagram and few pairs come twice; nothing warms up before the first. `/metrics` tells what arrived, was dropped by
              the kernel, matched and digested. Processor time is the kernel's count for each process, from before the first datagram until
              all is stored and merged, through the idle minute of a flush; the store's engine is the store's.

            Repeat: `make bench`, or one part, such as `dotnet run -c Release --project bench/Weir.Bench -- digest`.

            """);
        return page.ToString();
    }

    private static string Mark(Measurement score) => score.Ok switch { true => "yes", false => "**no**", null => "" };

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
        ?? "unknown processor";

    private static double MemoryGiB() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);

    private static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);
}
