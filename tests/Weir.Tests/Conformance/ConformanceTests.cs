// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Weir.Tests.Support;

namespace Weir.Tests.Conformance;

/// <summary>The corpus of real exporters, held against what other collectors made of it, and the
/// page that says so.</summary>
public class ConformanceTests
{
    private const string Page = "docs/31-conformance.md";

    /// <summary>Where we differ on purpose, or where a case needs a word. The numbers are computed.</summary>
    private static readonly Dictionary<string, string> _reasons = new()
    {
        ["Netflow 9 invalid 01"] = "the other collector gives up on the options template in front; its rate and the "
            + "two flows behind it are well-formed",
        ["Netflow 9 template with 0 length fields"] =
            "the incoming counters are 0 and the outgoing ones (23, 24) tell the packet, so these are taken",
        ["sflow_issue_15918"] =
            "for egress samples the other collector gives the sampling port as input; the sample's own input is taken",
        ["netflow9_e10s_4_7byte_pad.pcap"] =
            "data that came before its template is read when that comes; the other collector gives it up",
        ["sflow_multiple_counter_30_pdus.pcap"] =
            "five NetFlow v5 datagrams on the sFlow port, which the dissector leaves undecoded",
    };

    [Fact]
    public void At_least_99_of_100_events_agree()
    {
        var verdicts = Judge();
        Assert.True(
            verdicts.Sum(static verdict => verdict.Agree) >= 0.99 * verdicts.Sum(static verdict => verdict.Events),
            string.Join('\n', verdicts.Where(static verdict => verdict.Differ > 0).Select(static verdict =>
                $"{verdict.Case}: {verdict.Agree}/{verdict.Events} {string.Join("; ", verdict.Differences)}")));
        Assert.True(verdicts.Sum(static verdict => verdict.Events) >= 600);
    }

    [Fact]
    public void Every_difference_has_its_reason() =>
        Assert.Empty(Judge()
            .Where(static verdict => (verdict.Differ > 0 || verdict.More > 0) && !_reasons.ContainsKey(verdict.Case))
            .Select(static verdict => $"{verdict.Case}: {string.Join("; ", verdict.Differences)}"));

    [Fact]
    public void The_page_is_fresh()
    {
        var verdicts = Judge();
        var path = Path.Combine(Repository(), Page);
        var text = Write(verdicts);
        if (Environment.GetEnvironmentVariable("WEIR_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == text,
            $"{Page} is stale: run the tests once with WEIR_WRITE_DOCS=1");
    }

    private static List<ConformanceResult> Judge()
    {
        var root = SharedData.Path("flow-export");
        return [.. Corpus.All(root)
            .Select(static one => ConformanceResult.Compare(one.Name, one.Expected, one.Decode()))];
    }

    private static string Write(List<ConformanceResult> verdicts)
    {
        var text = new StringBuilder("""
            # Decoder conformance

            Payloads of real exporters, decoded by Weir and held against what other collectors made of the same octets:
            addresses, ports, protocol, packets, octets (both directions), start and end, sampling, interfaces, TCP flags. An
            event that carries no flow agrees where Weir takes it as none: options, interface counters, records without two ends
            (0.0.0.0 to 0.0.0.0 are none), and events that count nothing (NAT logs, the opening of a connection). sFlow octets
            are those of the IP packet; other collectors tell the frame's, from which its link layer is taken off. *More* are flows of Weir's beyond the events told.
            This page is generated: run the tests with `WEIR_WRITE_DOCS=1`.

            | case | events | agree | differ | more | why |
            |---|---:|---:|---:|---:|---|

            """.ReplaceLineEndings("\n"));
        foreach (var verdict in verdicts)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {verdict.Case} | {verdict.Events} | {verdict.Agree} | "
                + $"{verdict.Differ} | {verdict.More} | {_reasons.GetValueOrDefault(verdict.Case)} |\n");
        }

        var events = verdicts.Sum(static verdict => verdict.Events);
        var agree = verdicts.Sum(static verdict => verdict.Agree);
        text.Append(CultureInfo.InvariantCulture, $"| **all** | {events} | {agree} | {events - agree} | "
            + $"{verdicts.Sum(static verdict => verdict.More)} | {100.0 * agree / events:F1} % agree |\n");
        return WriteCases(text).ToString();
    }

    /// <summary>One row for each input on which collectors went wrong in other people's hands.</summary>
    private static StringBuilder WriteCases(StringBuilder text)
    {
        text.Append("""

            ## Cases from the field

            Inputs after public reports, rebuilt, with the value that is right by the standard; what Weir says is computed, by
            `weir flows` where it is flows (`N x SOURCE > DESTINATION PROTOCOL PACKETS/OCTETS`).

            | case | right | Weir says |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var one in FieldCases.All)
        {
            var says = one.Says();
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {one.Name} | {one.Right} | {(says == one.Right ? "the same" : $"**{says}**")} |\n");
        }

        return text;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "weir.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
