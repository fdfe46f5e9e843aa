// SPDX-License-Identifier: Apache-2.0
//
// Kea's memfile: CSV with a header, one row for every change of a lease, the last row of a lease counts. A row tells
// when the lease runs out and how long it was given for; so it was renewed at the difference. A row with no lifetime
// says that the lease was deleted: given back, at a time the file does not tell; it was still held at the last renewal,
// and while we follow the file, when we looked before.
//
// States: 0 held, 1 declined, 2 expired and reclaimed, 3 released (kept for its client). Commas inside a user context
// are written as character references.
using System.Globalization;
using System.Text.Json;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Dhcp;

/// <summary>Takes the rows of a Kea lease file, IPv4 or IPv6.</summary>
internal sealed class KeaDhcpLeases(DhcpLeaseTracker book, RecordCounters counters, SubscriberLineNamer naming)
    : ITextLineHandler
{
    private const int PrefixLease = 2;

    private Columns? _columns;

    public bool SpansLines => false;

    public bool HasHeader => true;

    public void Begin() => _columns = null;

    public void HandleLine(string line, long nowMs, long sinceMs)
    {
        if (line.Length == 0)
        {
            return;
        }

        var fields = CsvRow.Split(line);
        if (_columns is null || line.StartsWith("address,", StringComparison.Ordinal))
        {
            _columns = fields is null ? null : Columns.Parse(fields);
            if (_columns is null)
            {
                counters.Received++;
                counters.Malformed++;
            }

            return;
        }

        counters.Received++;
        if (fields is null || !TryRead(fields, _columns, out var lease))
        {
            counters.Malformed++;
            return;
        }

        if (lease.Line is null && lease.State == 0)
        {
            counters.Ignored++;
            return;
        }

        ApplyLease(lease, nowMs, sinceMs);
    }

    private void ApplyLease(in Row lease, long nowMs, long sinceMs)
    {
        if (lease.State == 0 && lease.UntilMs > lease.FromMs)
        {
            book.Lease(lease.Network, lease.Line!.Value, lease.FromMs, lease.UntilMs);
        }
        else if (lease.State == 1)
        {
            book.End(lease.Network, null, lease.FromMs, lease.FromMs);
        }
        else if (lease.UntilMs > lease.FromMs && lease.State == 2)
        {
            book.End(lease.Network, lease.Line, lease.UntilMs, lease.UntilMs);
        }
        else
        {
            var known = sinceMs == long.MinValue ? lease.FromMs : sinceMs;
            book.End(lease.Network, lease.Line, known, sinceMs == long.MinValue ? lease.FromMs : nowMs);
        }
    }

    private bool TryRead(List<string> fields, Columns columns, out Row lease)
    {
        lease = default;
        if (!IpKey.TryParse(CsvRow.Field(fields, columns.Address), out var address)
            || !long.TryParse(
                CsvRow.Field(fields, columns.Lifetime), NumberStyles.None, CultureInfo.InvariantCulture,
                out var lifetime)
            || !long.TryParse(
                CsvRow.Field(fields, columns.Expire), NumberStyles.None, CultureInfo.InvariantCulture, out var expire)
            || lifetime > uint.MaxValue || lifetime > expire || expire - lifetime > uint.MaxValue)
        {
            return false;
        }

        var length = 128;
        if (CsvRow.Field(fields, columns.LeaseType) == PrefixLease.ToString(CultureInfo.InvariantCulture)
            && (!int.TryParse(
                CsvRow.Field(fields, columns.PrefixLength), NumberStyles.None, CultureInfo.InvariantCulture, out length)
                || length is < 1 or > 128))
        {
            return false;
        }

        var stated = CsvRow.Field(fields, columns.State);
        if (!int.TryParse(
            stated.Length == 0 ? "0" : stated, NumberStyles.None, CultureInfo.InvariantCulture, out var state))
        {
            return false;
        }

        var client = columns.Duid >= 0 ? columns.Duid : columns.Client;
        var line = DhcpClientName.Create(
            naming, Circuit(CsvRow.Field(fields, columns.Context)), DhcpClientName.Hex(CsvRow.Field(fields, client)),
            DhcpClientName.Hex(CsvRow.Field(fields, columns.Hardware)),
            columns.Duid >= 0 ? "duid" : "client");
        lease = new Row(Prefix.From(address, length), line, (expire - lifetime) * 1000, expire * 1000, state);
        return true;
    }

    /// <summary>The circuit id in a user context, where Kea keeps the relay's option (RFC 3046).</summary>
    private static byte[]? Circuit(string context)
    {
        if (!context.Contains("relay-agent-info", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(context.Replace("&#x2c", ",", StringComparison.Ordinal));
            if (!json.RootElement.TryGetProperty("ISC", out var isc)
                || !isc.TryGetProperty("relay-agent-info", out var relay))
            {
                return null;
            }

            var options = relay.ValueKind == JsonValueKind.Object && relay.TryGetProperty("sub-options", out var sub)
                ? sub
                : relay;
            return options.ValueKind == JsonValueKind.String && DhcpClientName.Hex(options.GetString()!) is { } octets
                ? DhcpClientName.Circuit(octets)
                : null;
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException)
        {
            // What stands there is another program's; the client still has a name of its own.
            return null;
        }
    }

    private readonly record struct Row(Prefix Network, SubscriberLineName? Line, long FromMs, long UntilMs, int State);

    /// <summary>Where the columns stand; -1 where there is none.</summary>
    private sealed class Columns(List<string> header)
    {
        public int Address { get; } = CsvRow.Find(header, "address");

        public int Hardware { get; } = CsvRow.Find(header, "hwaddr");

        public int Client { get; } = CsvRow.Find(header, "client_id");

        public int Duid { get; } = CsvRow.Find(header, "duid");

        public int Lifetime { get; } = CsvRow.Find(header, "valid_lifetime");

        public int Expire { get; } = CsvRow.Find(header, "expire");

        public int LeaseType { get; } = CsvRow.Find(header, "lease_type");

        public int PrefixLength { get; } = CsvRow.Find(header, "prefix_len");

        public int State { get; } = CsvRow.Find(header, "state");

        public int Context { get; } = CsvRow.Find(header, "user_context");

        public static Columns? Parse(List<string> header)
        {
            var found = new Columns(header);
            return found.Address < 0 || found.Lifetime < 0 || found.Expire < 0 ? null : found;
        }
    }
}
