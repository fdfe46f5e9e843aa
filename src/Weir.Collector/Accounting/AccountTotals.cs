// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Decoding;

namespace Weir.Collector.Accounting;

/// <summary>What became of everything, added up over all runs of this collector.</summary>
/// <param name="Datagrams">Read.</param>
/// <param name="Digested">Flows that are in segments, those that other collectors heard among them.</param>
/// <param name="Other">Flows that are not: foreign, internal, spoofed, excluded, unattributed, outside the window,
/// told twice, not corroborated, of a network that another collector owns.</param>
/// <param name="NotFlows">Records that are no flows, of protocols that number records: options and what has no two
/// ends.
/// </param>
/// <param name="MissingRecords">Records (v5, IPFIX) that sequence numbers miss: on the way, while a run was away, or in
/// sets that came before their template and were not read.</param>
/// <param name="MissingMessages">Messages (v9, sFlow), likewise.</param>
/// <param name="Kept">Of what a killed run had beyond its last count, flows that are in segments all the same: they are
/// among those missing, and are not lost.</param>
/// <param name="Windows">Contact windows that were open at the last count of runs that were killed, and with which no
/// later one could go on.</param>
internal readonly record struct AccountTotals(
    long Datagrams, long Digested, long Other, long NotFlows, long MissingRecords, long MissingMessages, long Kept,
    long Windows)
{
    public static AccountTotals operator +(AccountTotals one, AccountTotals other) => new(
        one.Datagrams + other.Datagrams, one.Digested + other.Digested, one.Other + other.Other,
        one.NotFlows + other.NotFlows, one.MissingRecords + other.MissingRecords, one.MissingMessages
            + other.MissingMessages, one.Kept + other.Kept,
        one.Windows + other.Windows);

    /// <summary>As the lanes stand; of one moment where they stand still.</summary>
    public static AccountTotals Of(Pipeline pipeline)
    {
        var sum = default(AccountTotals);
        foreach (var lane in pipeline.Lanes)
        {
            var counts = lane.Attributor.Counts;
            var digested = counts.Attributed - counts.Forwarded - counts.Doubtful;
            sum += default(AccountTotals) with
            {
                Datagrams = lane.Decoder.Datagrams,
                Digested = digested,
                Other = lane.Read - digested,
            };
            foreach (var exporter in lane.Decoder.List())
            {
                sum += SequenceUnits.AreRecords(exporter.Protocols)
                    ? default(AccountTotals) with
                    {
                        MissingRecords = exporter.Lost + exporter.Unread,
                        NotFlows = exporter.NotFlows + exporter.Counts.OptionsRecords,
                    }
                    : default(AccountTotals) with { MissingMessages = exporter.Lost };
            }
        }

        if (pipeline.Forwarded?.Counts is { } taken)
        {
            var digested = taken.Attributed - taken.Doubtful;
            sum += default(AccountTotals) with { Digested = digested, Other = taken.Read - digested };
        }

        return sum;
    }
}
