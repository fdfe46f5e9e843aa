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
        List<string>? header = null;
        var rows = new List<PlannedNetwork>();
        int network = -1, customer = -1, from = -1, until = -1;
        foreach (var line in lines.Where(l => l.Length > 0 && l[0] != '#'))
        {
            var fields = CsvRow.Split(line);
            if (header is null)
            {
                header = fields ?? [];
                network = CsvRow.Find(header, "prefix", "network", "cidr", "subnet", "address");
                customer = CsvRow.Find(
                    header, "customer", "customer_id", "line", "subscriber", "subscriber_id", "account");
                from = CsvRow.Find(header, "valid_from", "from", "start", "since");
                until = CsvRow.Find(header, "valid_until", "until", "end", "to");
                if (network < 0 || customer < 0)
                {
                    throw new IdentityException($"{name} has no column for the network or the customer; name them "
                        + "`prefix` and `customer` in its first line");
                }

                continue;
            }

            counters.Received++;
            if (fields is not null && TryRead(fields, network, customer, from, until, naming, out var row))
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
        List<string> fields, int network, int customer, int from, int until, SubscriberLineNamer naming,
        out PlannedNetwork row)
    {
        row = default;
        var (since, end, who) =
            (CsvRow.Field(fields, from), CsvRow.Field(fields, until), CsvRow.Field(fields, customer));
        long fromMs = 0;
        var untilMs = long.MaxValue;
        if (who.Length == 0 || !Prefix.TryParse(CsvRow.Field(fields, network), out var prefix, strict: true)
            || (since.Length > 0 && !TimestampText.TryParse(since, out fromMs))
            || (end.Length > 0 && !TimestampText.TryParse(end, out untilMs)) || untilMs <= fromMs)
        {
            return false;
        }

        row = new PlannedNetwork(prefix, naming.Plain("customer", who), fromMs, untilMs);
        return true;
    }
}
