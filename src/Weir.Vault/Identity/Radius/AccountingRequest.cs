// SPDX-License-Identifier: Apache-2.0
//
// What Weir takes from an accounting request: which session of which NAS, what happened when, which networks the line
// has, and the line's name. An attribute that lies about its own form is passed over and counted; one without which the
// request says nothing (status, session) costs the request.
//
// Standards: RFC 2866 §5; RFC 2865 §5.8 (addresses that are none); RFC 2869 §5.3 (Event-Timestamp), §2.1 (interim);
// RFC 3162 §2.3, RFC 4818 §3, RFC 6911 §3.1 (IPv6).
using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>Acct-Status-Type (RFC 2866 §5.1).</summary>
internal enum AccountingStatus : byte
{
    Start = 1,
    Stop = 2,
    Interim = 3,
    On = 7,
    Off = 8,
}

/// <summary>Which attribute names the line.</summary>
public enum SubscriberLineAttribute : byte
{
    /// <summary>User-Name, kept as a keyed digest.</summary>
    UserName,
    Class,
    ChargeableUserIdentity,
    CallingStationId,
    NasPortId,

    /// <summary>Agent-Circuit-Id of RFC 4679.</summary>
    CircuitId,
}

/// <summary>One accounting request.</summary>
internal sealed record AccountingRequest
{
    private const string StatusRule = "RFC 2866 §5.1 Acct-Status-Type";
    private const string SessionRule = "RFC 2866 §5.5 Acct-Session-Id";
    private const string NameRule = "no attribute that names the line";
    private const uint DslForum = 3561;

    public required AccountingStatus Status { get; init; }

    /// <summary>Which NAS, as it names itself within the addresses that share its secret.</summary>
    public required UInt128 Nas { get; init; }

    public required UInt128 Session { get; init; }

    public SubscriberLineName Line { get; init; }

    public IReadOnlyList<Prefix> Networks { get; init; } = [];

    /// <summary>Event-Timestamp, seconds since the UNIX epoch; 0 where there is none.</summary>
    public long EventSeconds { get; init; }

    public long DelaySeconds { get; init; }

    /// <summary>Acct-Session-Time; -1 where there is none.</summary>
    public long SessionSeconds { get; init; } = -1;

    public long InterimSeconds { get; init; }

    /// <summary>What the NAS needs to find the session again; empty where nobody asked for it to be kept.</summary>
    public byte[] Identification { get; init; } = [];

    /// <summary>Some of the request's digest: a request that comes again has the same.</summary>
    public ulong Digest { get; init; }

    /// <summary>Reads a packet; null with the fault where it says nothing usable. <paramref name="fieldsSkipped"/>
    /// counts attributes passed over.</summary>
    public static AccountingRequest? Read(
        in RadiusPacket packet, Prefix realm, IpKey source, SubscriberLineAttribute lineFrom,
        SubscriberLineNamer naming, out Malformed fault, out int fieldsSkipped)
    {
        fault = default;
        fieldsSkipped = 0;
        uint status = 0;
        long moment = 0, delay = 0, session = -1, interim = 0;
        ReadOnlySpan<byte> sessionId = default, name = default, user = default, nasAddress = default, nasName = default;
        var networks = new List<Prefix>(2);
        foreach (var attribute in packet)
        {
            var value = attribute.Value;
            var good = true;
            switch (attribute.Type)
            {
                case 1:
                    user = value;
                    break;
                case 4 or 95:
                    nasAddress = value;
                    good = value.Length == (attribute.Type == 4 ? 4 : 16);
                    break;
                case 32:
                    nasName = value;
                    break;
                case 40:
                    good = TryU32(value, out status);
                    break;
                case 41:
                    good = TryU32(value, out var late);
                    delay = late;
                    break;
                case 44:
                    sessionId = value;
                    break;
                case 46:
                    good = TryU32(value, out var seconds);
                    session = good ? seconds : -1;
                    break;
                case 55:
                    good = TryU32(value, out var at);
                    moment = at;
                    break;
                case 85:
                    good = TryU32(value, out var every);
                    interim = every;
                    break;
                case 8 or 22 or 97 or 123 or 168:
                    good = FramedNetwork.TryRead(attribute.Type, value, out var network);
                    if (good && network is { } framed && networks.Count < 8 && !networks.Contains(framed))
                    {
                        networks.Add(framed);
                    }

                    break;
            }

            fieldsSkipped += good ? 0 : 1;
            if (name.IsEmpty && Names(attribute.Type, lineFrom, value, out var found))
            {
                name = found;
            }
        }

        if (status is not (1 or 2 or 3 or 7 or 8))
        {
            fault = new Malformed(Damage.DropDatagram, 0, StatusRule);
            return null;
        }

        var named = (AccountingStatus)status;
        if (named is not (AccountingStatus.On or AccountingStatus.Off))
        {
            if (sessionId.IsEmpty || (name.IsEmpty && user.IsEmpty))
            {
                fault = new Malformed(Damage.DropDatagram, 0, sessionId.IsEmpty ? SessionRule : NameRule);
                return null;
            }
        }

        var nas = Nasmark(realm, source, nasAddress, nasName);
        return new AccountingRequest
        {
            Status = named,
            Nas = nas,
            Session = SessionMark(nas, sessionId),
            Line = !name.IsEmpty && lineFrom != SubscriberLineAttribute.UserName
                ? naming.Plain(Sort(lineFrom), name) : user.IsEmpty ? default : naming.Hidden("user", user),
            Networks = networks,
            EventSeconds = moment,
            DelaySeconds = delay,
            SessionSeconds = session,
            InterimSeconds = interim,
            Digest = BinaryPrimitives.ReadUInt64LittleEndian(packet.Authenticator),
        };
    }

    internal static UInt128 Nasmark(Prefix realm, IpKey source, ReadOnlySpan<byte> address, ReadOnlySpan<byte> name)
    {
        Span<byte> text = stackalloc byte[16 + 1 + 16 + 253];
        realm.Network.WriteTo(text);
        text[16] = (byte)realm.Length;
        var own = text[17..];
        if (!address.IsEmpty && address.Length <= 16)
        {
            address.CopyTo(own);
            return Mark(text[..(17 + address.Length)]);
        }

        if (!name.IsEmpty)
        {
            name.CopyTo(own);
            return Mark(text[..(17 + name.Length)]);
        }

        source.WriteTo(own);
        return Mark(text[..33]);
    }

    internal static UInt128 SessionMark(UInt128 nas, ReadOnlySpan<byte> id)
    {
        Span<byte> text = stackalloc byte[16 + 253];
        BinaryPrimitives.WriteUInt128BigEndian(text, nas);
        id.CopyTo(text[16..]);
        return Mark(text[..(16 + id.Length)]);
    }

    private static UInt128 Mark(ReadOnlySpan<byte> text)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(text, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    private static bool TryU32(ReadOnlySpan<byte> value, out uint number)
    {
        number = 0;
        return value.Length == 4 && BinaryPrimitives.TryReadUInt32BigEndian(value, out number);
    }

    private static bool Names(
        byte type, SubscriberLineAttribute wanted, ReadOnlySpan<byte> value, out ReadOnlySpan<byte> name)
    {
        name = value;
        return wanted switch
        {
            SubscriberLineAttribute.Class => type == 25,
            SubscriberLineAttribute.ChargeableUserIdentity => type == 89,
            SubscriberLineAttribute.CallingStationId => type == 31,
            SubscriberLineAttribute.NasPortId => type == 87,
            SubscriberLineAttribute.CircuitId => type == 26 && VendorAttribute.TryFind(value, DslForum, 1, out name),
            _ => false,
        };
    }

    private static string Sort(SubscriberLineAttribute attribute) => attribute switch
    {
        SubscriberLineAttribute.Class => "class",
        SubscriberLineAttribute.ChargeableUserIdentity => "cui",
        SubscriberLineAttribute.CallingStationId => "calling",
        SubscriberLineAttribute.NasPortId => "port",
        _ => "circuit",
    };
}
