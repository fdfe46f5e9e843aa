// SPDX-License-Identifier: Apache-2.0
//
// The attributes of one accounting request, taken one after the other. One that lies about its own form is passed over
// and counted; at the end it is known whether the request says anything.
//
// Standards: RFC 2865 §5; RFC 2866 §5; RFC 2869 §5.3, §5.16; RFC 3162 §2.1.
using System.Buffers.Binary;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>What the attributes of a request say so far.</summary>
internal ref struct AccountingAttributes(SubscriberLineAttribute lineFrom)
{
    private const string StatusRule = "RFC 2866 §5.1 Acct-Status-Type";
    private const string SessionRule = "RFC 2866 §5.5 Acct-Session-Id";
    private const string NameRule = "no attribute that names the line";
    private const uint DslForum = 3561;
    private const int MaxNetworks = 8;

    private readonly List<Prefix> _networks = new(2);
    private ReadOnlySpan<byte> _name;
    private ReadOnlySpan<byte> _user;
    private uint _status;
    private uint _event;
    private uint _delay;
    private uint _interim;

    /// <summary>Acct-Status-Type.</summary>
    public readonly uint Status => _status;

    public ReadOnlySpan<byte> SessionId { get; private set; }

    public ReadOnlySpan<byte> NasAddress { get; private set; }

    public ReadOnlySpan<byte> NasName { get; private set; }

    /// <summary>Event-Timestamp, seconds since the UNIX epoch; 0 where there is none.</summary>
    public readonly long EventSeconds => _event;

    public readonly long DelaySeconds => _delay;

    /// <summary>Acct-Session-Time; -1 where there is none.</summary>
    public long SessionSeconds { get; private set; } = -1;

    public readonly long InterimSeconds => _interim;

    public readonly IReadOnlyList<Prefix> Networks => _networks;

    /// <summary>Attributes passed over.</summary>
    public int Skipped { get; private set; }

    /// <summary>The rule that the request breaks as a whole; null where it says what it must.</summary>
    public readonly string? Fault =>
        _status is not (1 or 2 or 3 or 7 or 8) ? StatusRule
        : (AccountingStatus)_status is AccountingStatus.On or AccountingStatus.Off ? null
        : SessionId.IsEmpty ? SessionRule
        : _name.IsEmpty && _user.IsEmpty ? NameRule
        : null;

    /// <summary>Takes the next attribute.</summary>
    public void Add(RadiusAttribute attribute)
    {
        if (!(attribute.Type is 8 or 22 or 97 or 123 or 168 ? TryNetwork(attribute) : TryField(attribute)))
        {
            Skipped++;
        }

        if (_name.IsEmpty && IsName(attribute, out var found))
        {
            _name = found;
        }
    }

    /// <summary>The line: by the attribute that is to name it, else by the User-Name, hidden.</summary>
    public readonly SubscriberLineName Line(SubscriberLineNamer naming) =>
        !_name.IsEmpty && lineFrom != SubscriberLineAttribute.UserName ? naming.Plain(Sort(lineFrom), _name)
        : _user.IsEmpty ? default
        : naming.Hidden("user", _user);

    private bool TryField(RadiusAttribute attribute)
    {
        var value = attribute.Value;
        switch (attribute.Type)
        {
            case 1:
                _user = value;
                return true;
            case 4 or 95:
                NasAddress = value;
                return value.Length == (attribute.Type == 4 ? 4 : 16);
            case 32:
                NasName = value;
                return true;
            case 40:
                return TryU32(value, out _status);
            case 41:
                return TryU32(value, out _delay);
            case 44:
                SessionId = value;
                return true;
            case 46:
                var good = TryU32(value, out var seconds);
                SessionSeconds = good ? seconds : -1;
                return good;
            case 55:
                return TryU32(value, out _event);
            case 85:
                return TryU32(value, out _interim);
            default:
                return true;
        }
    }

    private readonly bool TryNetwork(RadiusAttribute attribute)
    {
        var good = FramedNetwork.TryRead(attribute.Type, attribute.Value, out var network);
        if (good && network is { } framed && _networks.Count < MaxNetworks && !_networks.Contains(framed))
        {
            _networks.Add(framed);
        }

        return good;
    }

    private readonly bool IsName(RadiusAttribute attribute, out ReadOnlySpan<byte> name)
    {
        name = attribute.Value;
        return lineFrom switch
        {
            SubscriberLineAttribute.Class => attribute.Type == 25,
            SubscriberLineAttribute.ChargeableUserIdentity => attribute.Type == 89,
            SubscriberLineAttribute.CallingStationId => attribute.Type == 31,
            SubscriberLineAttribute.NasPortId => attribute.Type == 87,
            SubscriberLineAttribute.CircuitId =>
                attribute.Type == 26 && VendorAttribute.TryFind(attribute.Value, DslForum, 1, out name),
            _ => false,
        };
    }

    private static bool TryU32(ReadOnlySpan<byte> value, out uint number)
    {
        number = 0;
        return value.Length == 4 && BinaryPrimitives.TryReadUInt32BigEndian(value, out number);
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
