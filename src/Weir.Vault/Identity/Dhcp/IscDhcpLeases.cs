// SPDX-License-Identifier: Apache-2.0
//
// The lease file of ISC's dhcpd: blocks "lease ADDRESS { statement; … }", appended for every change, the last one of an
// address counts. Times are UTC ("4 2026/11/19 10:00:00", the first number being the day of the week) or "epoch N";
// "never" has no end. A block that is not active says when the lease ended.
//
// What may be wrong and what it costs: a statement not understood → itself; a block without times or left
// open → itself.
using System.Globalization;
using System.Text;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Dhcp;

/// <summary>Takes the lines of a dhcpd.leases file.</summary>
internal sealed class IscDhcpLeases(DhcpLeaseTracker book, RecordCounters counters, SubscriberLineNamer naming)
    : ITextLineHandler
{
    private const int MaxStatements = 200;

    private readonly List<string> _statements = [];
    private string? _address;

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

        if (text.StartsWith("lease ", StringComparison.Ordinal) && text.EndsWith('{'))
        {
            CloseUnfinished();
            _address = text[6..^1].Trim();
            return;
        }

        if (_address is null)
        {
            // Failover states, server ids, hosts.
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

    private void CloseUnfinished()
    {
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
        long starts = -1, ends = -1, heard = -1;
        var state = "";
        byte[]? client = null, hardware = null, circuit = null;
        foreach (var statement in _statements)
        {
            _ = (Rest(statement, "starts ", out var value) && TryTime(value, out starts))
                || (Rest(statement, "ends ", out value) && TryTime(value, out ends))
                || (Rest(statement, "cltt ", out value) && TryTime(value, out heard))
                || (Rest(statement, "binding state ", out value) && (state = value).Length > 0)
                || (Rest(statement, "hardware ethernet ", out value)
                    && (hardware = DhcpClientName.Hex(value)) is not null)
                || (Rest(statement, "uid ", out value) && (client = Octets(value)) is not null)
                || (Rest(statement, "option agent.circuit-id ", out value) && (circuit = Octets(value)) is not null);
        }

        if (!IpKey.TryParse(written, out var address) || starts < 0 || ends < 0)
        {
            counters.Malformed++;
            return;
        }

        var network = new Prefix(address, 128);
        var line = DhcpClientName.Create(naming, circuit, client, hardware);
        if (line is { } named && ends > starts && state != "abandoned")
        {
            book.Lease(network, named, Math.Max(starts, Math.Min(heard, ends)), ends);
        }
        else if (state is "free" or "expired" or "released" or "abandoned" or "reset" or "backup")
        {
            book.End(network, line, ends, ends);
        }
        else
        {
            counters.Ignored++;
        }
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
