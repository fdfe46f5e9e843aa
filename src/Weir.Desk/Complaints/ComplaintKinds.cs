// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Complaints;

/// <summary>What the words of the formats mean in terms of traffic; kinds that no flow could confirm or
/// refute have none.</summary>
internal static class ComplaintKinds
{
    public const ushort Smtp = 25;

    /// <summary>The matter of a kind, or null where it is not about traffic (content, copyright,
    /// reputation …).</summary>
    public static Purpose? PurposeOf(string category, string type) => (Plain(category), Plain(type)) switch
    {
        (_, "ddos" or "ddos_amplification" or "dos") => Purpose.DdosSource,
        (_, "spam" or "bulk_messaging" or "abuse" or "fraud" or "virus" or "phishing") when IsMail(category) =>
            Purpose.SpamSource,
        (_, "spam") => Purpose.SpamSource,
        (_, "infected_host" or "bot" or "botnet" or "compromised_server"
            or "malware_infection" or "sinkhole" or "botnet_drone") => Purpose.CncContact,
        (_, "ip_spoof" or "spoofing") => Purpose.Spoofing,
        ("connection" or "network" or "activity", _) => Purpose.ScanSource,
        ("infrastructure", _) => Purpose.CncContact,
        _ => null,
    };

    /// <summary>Protocol and usual port of an application's or transport's name; 0 where it says nothing.</summary>
    public static (byte Protocol, ushort Port) Transport(string name)
    {
        var plain = Plain(name);
        return plain switch
        {
            "smtp" => (Protocols.Tcp, Smtp),
            "http" => (Protocols.Tcp, 80),
            "https" => (Protocols.Tcp, 443),
            "ssh" => (Protocols.Tcp, 22),
            _ => (Protocols.TryParse(plain, out var protocol) ? protocol : (byte)0, (ushort)0),
        };
    }

    public static bool IsMail(string category) => Plain(category) is "messaging" or "abuse" or "mail";

    private static string Plain(string word) => word.Trim().ToLowerInvariant().Replace('-', '_');
}
