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

/// <summary>Who sent a request.</summary>
/// <param name="Realm">The addresses that share its secret.</param>
/// <param name="Address">Its own.</param>
internal readonly record struct RequestSender(Prefix Realm, IpKey Address);

/// <summary>One accounting request.</summary>
internal sealed record AccountingRequest
{
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
        in RadiusPacket packet, in RequestSender sender, SubscriberLineAttribute lineFrom, SubscriberLineNamer naming,
        out Malformed fault, out int fieldsSkipped)
    {
        fault = default;
        var read = new AccountingAttributes(lineFrom);
        foreach (var attribute in packet)
        {
            read.Add(attribute);
        }

        fieldsSkipped = read.Skipped;
        if (read.Fault is { } rule)
        {
            fault = new Malformed(Damage.DropDatagram, 0, rule);
            return null;
        }

        var nas = Nasmark(sender.Realm, sender.Address, read.NasAddress, read.NasName);
        return new AccountingRequest
        {
            Status = (AccountingStatus)read.Status,
            Nas = nas,
            Session = SessionMark(nas, read.SessionId),
            Line = read.Line(naming),
            Networks = read.Networks,
            EventSeconds = read.EventSeconds,
            DelaySeconds = read.DelaySeconds,
            SessionSeconds = read.SessionSeconds,
            InterimSeconds = read.InterimSeconds,
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
}
