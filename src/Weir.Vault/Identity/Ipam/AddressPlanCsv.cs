// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Ipam;

/// <summary>Reads an address plan: CSV with a header, one network and customer a row, with or without times.</summary>
internal static class AddressPlanCsv
{
    /// <summary>Reads all rows. A row that is wrong is counted and left out; a file without the columns
    /// changes nothing.</summary>
    /// <exception cref="IdentityException">The header lacks a network or a customer.</exception>
    public static AddressPlan Read(
        IEnumerable<string> lines, string name, SubscriberLineNamer naming, RecordCounters counters)
    {
        Columns? columns = null;
        var rows = new List<PlannedNetwork>();
        foreach (var line in lines.Where(l => l.Length > 0 && l[0] != '#'))
        {
            var fields = CsvRow.Split(line);
            if (columns is null)
            {
                columns = Columns.Parse(fields ?? []) ?? throw new IdentityException($"{name} has no column for the "
                    + "network or the customer; name them `prefix` and `customer` in its first line");
                continue;
            }

            counters.Received++;
            if (fields is not null && TryRead(fields, columns, naming, out var row))
            {
                counters.Applied++;
                rows.Add(row);
            }
            else
            {
                counters.Malformed++;
            }
        }

        return new AddressPlan(rows);
    }

    private static bool TryRead(
        List<string> fields, Columns columns, SubscriberLineNamer naming, out PlannedNetwork row)
    {
        row = default;
        var (since, end, who) = (
            CsvRow.Field(fields, columns.From), CsvRow.Field(fields, columns.Until),
            CsvRow.Field(fields, columns.Customer));
        long fromMs = 0;
        var untilMs = long.MaxValue;
        if (who.Length == 0 || !Prefix.TryParse(CsvRow.Field(fields, columns.Network), out var prefix, strict: true)
            || (since.Length > 0 && !TimestampText.TryParse(since, out fromMs))
            || (end.Length > 0 && !TimestampText.TryParse(end, out untilMs)) || untilMs <= fromMs)
        {
            return false;
        }

        row = new PlannedNetwork(prefix, naming.Plain("customer", who), fromMs, untilMs);
        return true;
    }

    /// <summary>Where the columns stand; -1 where there is none.</summary>
    private sealed record Columns(int Network, int Customer, int From, int Until)
    {
        public static Columns? Parse(List<string> header)
        {
            var found = new Columns(
                CsvRow.Find(header, "prefix", "network", "cidr", "subnet", "address"),
                CsvRow.Find(header, "customer", "customer_id", "line", "subscriber", "subscriber_id", "account"),
                CsvRow.Find(header, "valid_from", "from", "start", "since"),
                CsvRow.Find(header, "valid_until", "until", "end", "to"));
            return found.Network < 0 || found.Customer < 0 ? null : found;
        }
    }
}
