// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Ranking;

/// <summary>What endpoints of a campaign are, by what they offer.</summary>
public enum CampaignKind : byte
{
    /// <summary>TCP and UDP 80 and 443.</summary>
    Web,

    /// <summary>TCP 25, 465, 587.</summary>
    Mail,

    /// <summary>Port 53.</summary>
    Names,

    /// <summary>UDP above 1023, whatever port.</summary>
    Peers,

    /// <summary>One other port.</summary>
    Service,
}

/// <summary>Ports by what they are for.</summary>
internal static class Services
{
    private const byte Udp = 17;

    public static CampaignKind KindOf(ushort port, byte protocol) => port switch
    {
        80 or 443 => CampaignKind.Web,
        25 or 465 or 587 => CampaignKind.Mail,
        53 => CampaignKind.Names,
        > 1_023 when protocol == Udp => CampaignKind.Peers,
        _ => CampaignKind.Service,
    };

    /// <summary>Endpoints of one group may be one campaign.</summary>
    public static int GroupOf(ushort port, byte protocol)
    {
        var kind = KindOf(port, protocol);
        return kind == CampaignKind.Service ? (protocol << 20) | (port << 4) | (int)kind : (int)kind;
    }

    /// <summary>Mail, names and time: what anybody's software asks, and spam sends to.</summary>
    public static bool IsPlumbing(ushort port) => port is 25 or 465 or 587 or 53 or 123;

    /// <summary>Ports that mining pools offer their work on.</summary>
    public static bool IsMining(ushort port) => port is 3_333 or 4_444 or 7_777 or 9_999 or 14_433 or 14_444 or 45_700;
}
