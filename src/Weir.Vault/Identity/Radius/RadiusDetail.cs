// SPDX-License-Identifier: Apache-2.0
//
// The "detail" files of RADIUS servers: a line with the time, then one line "<tab>Name = value" for each attribute,
// then an empty line. Only what names a session, a moment, a line and its networks is taken. The server has checked the
// packet before it wrote it.
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Weir.Vault.Identity.Dhcp;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>Takes the lines of a detail file.</summary>
internal sealed class RadiusDetail(
    RadiusSessions sessions, SubscriberLineAttribute lineFrom, SubscriberLineNamer naming, RadiusCounters counters)
    : ITextLineHandler
{
    private static readonly Prefix Everyone = new(default, 0);

    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Prefix> _networks = [];

    public bool SpansLines => true;

    public bool HasHeader => false;

    public void Begin()
    {
        _values.Clear();
        _networks.Clear();
    }

    public void HandleLine(string line, long nowMs, long sinceMs)
    {
        if (line.Length == 0)
        {
            End(nowMs);
            return;
        }

        var equals = line.IndexOf(" = ", StringComparison.Ordinal);
        if (line[0] is '\t' or ' ' && equals > 0 && _values.Count < 500)
        {
            var name = line[..equals].Trim();
            var value = Unquoted(line[(equals + 3)..].Trim());
            if (FramedNetwork.TryReadText(name, value, out var network) is { } good)
            {
                counters.FieldsSkipped += good ? 0 : 1;
                if (network is { } framed && _networks.Count < 8 && !_networks.Contains(framed))
                {
                    _networks.Add(framed);
                }
            }

            _values[name] = value;
        }
    }

    private void End(long nowMs)
    {
        if (_values.Count == 0)
        {
            return;
        }

        counters.Received++;
        if (Read() is not { } request)
        {
            counters.Malformed++;
        }
        else
        {
            var arrived =
                TimestampText.TryParse(_values.GetValueOrDefault("Timestamp", ""), out var stamped) ? stamped : nowMs;
            switch (sessions.Apply(request, arrived))
            {
                case AccountingOutcome.Applied:
                    counters.Applied++;
                    break;
                case AccountingOutcome.Stale:
                    counters.Stale++;
                    break;
                case AccountingOutcome.TooOld:
                    counters.TooOld++;
                    break;
                default:
                    counters.Refused++;
                    break;
            }
        }

        Begin();
    }

    private AccountingRequest? Read()
    {
        AccountingStatus? status = _values.GetValueOrDefault("Acct-Status-Type") switch
        {
            "Start" or "1" => AccountingStatus.Start,
            "Stop" or "2" => AccountingStatus.Stop,
            "Interim-Update" or "Alive" or "3" => AccountingStatus.Interim,
            "Accounting-On" or "7" => AccountingStatus.On,
            "Accounting-Off" or "8" => AccountingStatus.Off,
            _ => null,
        };
        var session = Encoding.UTF8.GetBytes(_values.GetValueOrDefault("Acct-Session-Id", ""));
        var line = Line();
        if (status is not { } known || (known is not (AccountingStatus.On or AccountingStatus.Off)
            && (session.Length is 0 or > 253 || line is null)))
        {
            return null;
        }

        var nasName = Encoding.UTF8.GetBytes(_values.GetValueOrDefault("NAS-Identifier", ""));
        var nasAddress = IPAddress.TryParse(_values.GetValueOrDefault("NAS-IP-Address")
            ?? _values.GetValueOrDefault("NAS-IPv6-Address") ?? "", out var address) ? address.GetAddressBytes() : [];
        var nas = AccountingRequest.Nasmark(
            Everyone, default, nasAddress, nasName.Length > 253 ? nasName.AsSpan(0, 253) : nasName);
        return new AccountingRequest
        {
            Status = known,
            Nas = nas,
            Session = AccountingRequest.SessionMark(nas, session),
            Line = line ?? default,
            Networks = [.. _networks],
            EventSeconds = Seconds("Event-Timestamp", 0),
            DelaySeconds = Seconds("Acct-Delay-Time", 0),
            SessionSeconds = Seconds("Acct-Session-Time", -1),
            InterimSeconds = Seconds("Acct-Interim-Interval", 0),
            Digest = Digest(),
            Identification = SessionIdentification.From(_values),
        };
    }

    private SubscriberLineName? Line()
    {
        var (name, sort) = lineFrom switch
        {
            SubscriberLineAttribute.Class => ("Class", "class"),
            SubscriberLineAttribute.ChargeableUserIdentity => ("Chargeable-User-Identity", "cui"),
            SubscriberLineAttribute.CallingStationId => ("Calling-Station-Id", "calling"),
            SubscriberLineAttribute.NasPortId => ("NAS-Port-Id", "port"),
            SubscriberLineAttribute.CircuitId => ("ADSL-Agent-Circuit-Id", "circuit"),
            _ => ("User-Name", "user"),
        };
        if (name != "User-Name" && _values.GetValueOrDefault(name) is { Length: > 0 } own)
        {
            return own.StartsWith("0x", StringComparison.Ordinal) && Dhcp.DhcpClientName.Hex(own) is { } octets
                ? naming.Plain(sort, octets)
                : naming.Plain(sort, own);
        }

        return _values.GetValueOrDefault("User-Name") is { Length: > 0 } user
            ? naming.Hidden("user", Encoding.UTF8.GetBytes(user))
            : null;
    }

    /// <summary>Seconds, or a time as the server writes it ("Nov 22 2026 10:00:00 UTC").</summary>
    private long Seconds(string name, long otherwise)
    {
        var text = _values.GetValueOrDefault(name, "");
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= uint.MaxValue)
        {
            return number;
        }

        var words = text.EndsWith(" UTC", StringComparison.Ordinal) ? text[..^4] : text;
        return DateTimeOffset.TryParseExact(
            words, ["MMM d yyyy HH:mm:ss", "MMM  d yyyy HH:mm:ss"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUnixTimeSeconds()
            : otherwise;
    }

    private ulong Digest()
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _values.Select(v => $"{v.Key}={v.Value}"))), digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    private static string Unquoted(string value) => value.Length >= 2 && value[0] == '"' && value[^1] == '"'
        ? value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal)
        : value;
}
