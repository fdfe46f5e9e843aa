// SPDX-License-Identifier: Apache-2.0
//
// The lease file of ISC's dhcpd: blocks "lease ADDRESS { statement; … }", appended for every change, the last one of an
// address counts. Times are UTC ("4 2026/11/19 10:00:00", the first number being the day of the week) or "epoch N";
// "never" has no end. A block that is not active says when the lease ended.
//
// dhcpd6 writes an association a client (ia-na, ia-ta, ia-pd), named by the IAID in four octets and the client's DUID
// behind them, with a block for each address (iaaddr) or delegated prefix (iaprefix). The time it began at stands at
// the association (cltt), how long it may last at the block (max-life, ends).
//
// What may be wrong and what it costs: a statement not understood → itself; a block without times or left
// open → itself; an association whose name cannot be read → its blocks.
using System.Globalization;
using System.Text;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Dhcp;

/// <summary>Takes the lines of a dhcpd.leases or dhcpd6.leases file.</summary>
internal sealed class IscDhcpLeases(DhcpLeaseTracker book, RecordCounters counters, SubscriberLineNamer naming)
    : ITextLineHandler
{
    private const int MaxStatements = 200;

    /// <summary>An association's name begins with its IAID (RFC 8415 §12).</summary>
    private const int IaidOctets = 4;

    private readonly List<string> _statements = [];
    private string? _address;
    private Association? _association;

    /// <summary>A client's addresses or prefixes.</summary>
    /// <param name="Client">Its DUID; null where it cannot be read.</param>
    /// <param name="HeardMs">When it was heard last; -1 where the file does not say.</param>
    private sealed record Association(byte[]? Client, long HeardMs);

    public bool SpansLines => true;

    public bool HasHeader => false;

    public void Begin() => CloseUnfinished();

    public void HandleLine(string line, long nowMs, long sinceMs)
    {
        var text = line.Trim();
        if (text.Length == 0 || text[0] == '#')
        {
            return;
        }

        if (Opens(text, "lease ") is { } address)
        {
            CloseUnfinished();
            _address = address;
            return;
        }

        if ((Opens(text, "ia-na ") ?? Opens(text, "ia-ta ") ?? Opens(text, "ia-pd ")) is { } name)
        {
            CloseUnfinished();
            _association = new(Octets(name) is { Length: > IaidOctets } octets ? octets[IaidOctets..] : null, -1);
            return;
        }

        if (_address is null)
        {
            HandleOutside(text);
            return;
        }

        if (text != "}")
        {
            if (_statements.Count < MaxStatements)
            {
                _statements.Add(text.TrimEnd(';'));
            }

            return;
        }

        counters.Received++;
        ApplyLease(_address);
        _address = null;
        _statements.Clear();
    }

    /// <summary>Between blocks: what an association says of itself; failover states, server ids and hosts say nothing
    /// here.</summary>
    private void HandleOutside(string text)
    {
        if (_association is null)
        {
            return;
        }

        if ((Opens(text, "iaaddr ") ?? Opens(text, "iaprefix ")) is { } network)
        {
            _address = network;
        }
        else if (text == "}")
        {
            _association = null;
        }
        else if (Rest(text.TrimEnd(';'), "cltt ", out var told) && TryTime(told, out var heard))
        {
            _association = _association with { HeardMs = heard };
        }
    }

    private static string? Opens(string text, string word) =>
        text.StartsWith(word, StringComparison.Ordinal) && text.EndsWith('{') ? text[word.Length..^1].Trim() : null;

    private void CloseUnfinished()
    {
        _association = null;
        if (_address is not null)
        {
            counters.Received++;
            counters.Malformed++;
            _address = null;
            _statements.Clear();
        }
    }

    private void ApplyLease(string written)
    {
        long starts = -1, ends = -1, heard = _association?.HeardMs ?? -1, lasts = -1;
        var state = "";
        byte[]? client = _association?.Client, hardware = null, circuit = null;
        foreach (var statement in _statements)
        {
            _ = (Rest(statement, "starts ", out var value) && TryTime(value, out starts))
                || (Rest(statement, "ends ", out value) && TryTime(value, out ends))
                || (Rest(statement, "cltt ", out value) && TryTime(value, out heard))
                || (Rest(statement, "binding state ", out value) && (state = value).Length > 0)
                || (Rest(statement, "hardware ethernet ", out value)
                    && (hardware = DhcpClientName.Hex(value)) is not null)
                || (Rest(statement, "uid ", out value) && (client = Octets(value)) is not null)
                || (Rest(statement, "max-life ", out value) && TrySeconds(value, out lasts))
                || (Rest(statement, "option agent.circuit-id ", out value) && (circuit = Octets(value)) is not null);
        }

        if (_association is not null && ends >= 0)
        {
            starts = heard >= 0 ? heard : lasts >= 0 ? Math.Max(0, ends - lasts) : -1;
        }

        if (!TryNetwork(written, out var network) || starts < 0 || ends < 0)
        {
            counters.Malformed++;
            return;
        }

        var line = DhcpClientName.Create(
            naming, circuit, client, hardware, _association is null ? "client" : "duid");
        if (line is { } named && ends > starts
            && (_association is null ? state != "abandoned" : state is "active" or ""))
        {
            book.Lease(network, named, Math.Max(starts, Math.Min(heard, ends)), ends);
        }
        else if (state is "free" or "expired" or "released" or "abandoned" or "reset" or "backup")
        {
            // An association's block keeps the end that was promised; it was given back when the client was heard last.
            var over = _association is null || state == "expired" ? ends : Math.Min(starts, ends);
            book.End(network, line, over, over);
        }
        else
        {
            counters.Ignored++;
        }
    }

    private static bool TryNetwork(string written, out Prefix network)
    {
        network = default;
        var slash = written.IndexOf('/', StringComparison.Ordinal);
        var length = 128;
        if (!IpKey.TryParse(slash < 0 ? written : written[..slash], out var address)
            || (slash >= 0 && (!int.TryParse(
                written.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length)
                || length is < 1 or > 128 || address.IsV4)))
        {
            return false;
        }

        network = Prefix.From(address, length);
        return true;
    }

    private static bool TrySeconds(string text, out long ms)
    {
        var isNumber = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        ms = isNumber ? seconds * 1_000L : -1;
        return isNumber;
    }

    private static bool Rest(string statement, string begin, out string rest)
    {
        var found = statement.StartsWith(begin, StringComparison.Ordinal);
        rest = found ? statement[begin.Length..].Trim() : "";
        return found;
    }

    private static bool TryTime(string text, out long ms)
    {
        ms = -1;
        if (text == "never")
        {
            ms = uint.MaxValue * 1000L;
            return true;
        }

        if (text.StartsWith("epoch ", StringComparison.Ordinal))
        {
            var number = text[6..].Split(' ', ';')[0];
            if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                || seconds > uint.MaxValue)
            {
                return false;
            }

            ms = seconds * 1000;
            return true;
        }

        return text.Length > 2 && TimestampText.TryParse(text[2..], out ms);
    }

    /// <summary>A quoted string with octal escapes, or octets in hexadecimal.</summary>
    private static byte[]? Octets(string text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"')
        {
            return DhcpClientName.Hex(text);
        }

        var octets = new List<byte>();
        var inside = Encoding.Latin1.GetBytes(text[1..^1]);
        for (var i = 0; i < inside.Length; i++)
        {
            if (inside[i] == '\\' && i + 3 < inside.Length
                && inside.AsSpan(i + 1, 3).IndexOfAnyExceptInRange((byte)'0', (byte)'7') < 0)
            {
                octets.Add((byte)(((inside[i + 1] - '0') << 6) | ((inside[i + 2] - '0') << 3) | (inside[i + 3] - '0')));
                i += 3;
            }
            else if (inside[i] == '\\' && i + 1 < inside.Length)
            {
                octets.Add(inside[++i]);
            }
            else
            {
                octets.Add(inside[i]);
            }
        }

        return [.. octets];
    }
}
