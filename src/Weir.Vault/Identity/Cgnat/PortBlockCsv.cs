// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Cgnat;

/// <summary>
/// Port blocks as CSV with a header: outside address, first and last port (or size), inside address or line, and either
/// an event with its time, or the time from and until. Columns are found by name.
/// </summary>
internal sealed class PortBlockCsv(PortBlockTracker book, RecordCounters counters, SubscriberLineNamer naming)
    : ITextLineHandler
{
    // Numbers are those of the IANA registry "NAT Event Type", as over IPFIX.
    private static readonly string[] Releases = [
        "release", "released", "dealloc", "deallocate", "deallocated", "free", "freed", "delete", "deleted", "end",
        "stop", "2", "5", "7", "9", "11", "15", "17"];
    private static readonly string[] Allocations = [
        "alloc", "allocate", "allocated", "assign", "assigned", "create", "created", "start", "begin",
        "1", "4", "6", "8", "10", "14", "16"];

    private Columns? _columns;

    public bool SpansLines => false;

    public bool HasHeader => true;

    public void Begin() => _columns = null;

    public void HandleLine(string line, long nowMs, long sinceMs)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return;
        }

        var fields = CsvRow.Split(line);
        if (_columns is null)
        {
            _columns = fields is null ? null : Columns.Parse(fields);
            counters.Received += _columns is null ? 1 : 0;
            counters.Malformed += _columns is null ? 1 : 0;
            return;
        }

        counters.Received++;
        if (fields is null || !TryRead(fields, _columns, out var given, out var taken))
        {
            counters.Malformed++;
            return;
        }

        if (given is { } first)
        {
            book.Handle(first, nowMs, live: false);
        }

        if (taken is { } last)
        {
            // A row with both times is two events.
            counters.Received += given is null ? 0 : 1;
            book.Handle(last, nowMs, live: false);
        }
    }

    private bool TryRead(List<string> fields, Columns columns, out PortBlockEvent? given, out PortBlockEvent? taken)
    {
        given = taken = null;
        if (!IpKey.TryParse(CsvRow.Field(fields, columns.Outside), out var outside)
            || !ushort.TryParse(
                CsvRow.Field(fields, columns.First), NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !TryLast(fields, columns, first, out var last))
        {
            return false;
        }

        var named = CsvRow.Field(fields, columns.Line);
        SubscriberLineName? line = named.Length > 0 ? naming.Plain("customer", named) : null;
        if (!IpKey.TryParse(CsvRow.Field(fields, columns.Inside), out var inside) && line is null)
        {
            return false;
        }

        var row = new PortBlockEvent(outside, first, last, inside, line, false, 0, 1_000);
        var until = CsvRow.Field(fields, columns.Until);
        var what = CsvRow.Field(fields, columns.Event).ToLowerInvariant();
        if (!TimestampText.TryParse(CsvRow.Field(fields, columns.At), out var at))
        {
            return false;
        }

        if (columns.Event >= 0)
        {
            given = Allocations.Contains(what) ? row with { AtMs = at } : null;
            taken = Releases.Contains(what) ? row with { AtMs = at, IsRelease = true } : null;
            return given is not null || taken is not null;
        }

        given = row with { AtMs = at };
        if (until.Length == 0)
        {
            return true;
        }

        var good = TimestampText.TryParse(until, out var end) && end >= at;
        taken = good ? row with { AtMs = end, IsRelease = true } : null;
        return good;
    }

    private static bool TryLast(List<string> fields, Columns columns, ushort first, out ushort last)
    {
        if (columns.Last >= 0)
        {
            return ushort.TryParse(
                CsvRow.Field(fields, columns.Last), NumberStyles.None, CultureInfo.InvariantCulture, out last)
                && last >= first;
        }

        last = 0;
        if (!int.TryParse(
            CsvRow.Field(fields, columns.Size), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || size < 1 || first + size - 1 > ushort.MaxValue)
        {
            return false;
        }

        last = (ushort)(first + size - 1);
        return true;
    }

    /// <summary>Where the columns stand; -1 where there is none.</summary>
    private sealed class Columns(List<string> header)
    {
        public int Outside { get; } = CsvRow.Find(
            header, "outside", "outside_ip", "public_ip", "external_ip", "nat_ip", "post_nat_source_ipv4_address",
            "global_ip");

        public int First { get; } = CsvRow.Find(
            header, "port_from", "port_start", "start_port", "first_port", "port_range_start", "block_start");

        public int Last { get; } = CsvRow.Find(
            header, "port_to", "port_end", "end_port", "last_port", "port_range_end", "block_end");

        public int Size { get; } = CsvRow.Find(header, "size", "block_size", "ports", "port_count");

        public int Inside { get; } = CsvRow.Find(
            header, "inside", "inside_ip", "private_ip", "internal_ip", "subscriber_ip", "source_ipv4_address",
            "local_ip");

        public int Line { get; } = CsvRow.Find(
            header, "line", "customer", "customer_id", "subscriber", "subscriber_id");

        public int Event { get; } = CsvRow.Find(header, "event", "action", "type", "nat_event");

        public int At { get; } = CsvRow.Find(
            header, "time", "timestamp", "at", "from", "start", "start_time", "allocated");

        public int Until { get; } = CsvRow.Find(header, "until", "to", "end", "end_time", "stop", "released");

        public static Columns? Parse(List<string> header)
        {
            var found = new Columns(header);
            return found.Outside < 0 || found.First < 0 || (found.Last < 0 && found.Size < 0)
                || (found.Inside < 0 && found.Line < 0) || found.At < 0
                ? null
                : found;
        }
    }
}
