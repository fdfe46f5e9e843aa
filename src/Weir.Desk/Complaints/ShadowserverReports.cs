// SPDX-License-Identifier: Apache-2.0
//
// What a Shadowserver report is about depends on the report, not on a row: in one the source attacked, in another it
// was attacked. The type stands in the file's name (2026-05-28-event4_sinkhole-example.csv); without the name, columns
// that one report alone has tell it, then the row's own tag. What none of them tells is refused, never guessed: a wrong
// guess accuses the victim.
//
// Source: The Shadowserver Foundation, "Reports" (event4_* and scan_* schemas).
using Weir.Contracts.Scopes;

namespace Weir.Desk.Complaints;

/// <summary>What a row of a report says of its source.</summary>
/// <param name="About">What the source did; null where it did nothing of which a flow could tell.</param>
/// <param name="Refusal">Why a row is no complaint; empty where it is one.</param>
internal readonly record struct ReportMeaning(Purpose? About, string Refusal)
{
    public static ReportMeaning Of(Purpose about) => new(about, "");

    public static ReportMeaning Refused(string why) => new(null, why);
}

/// <summary>Tells reports apart.</summary>
internal static class ShadowserverReports
{
    private static readonly ReportMeaning Victim = ReportMeaning.Refused(
        "the report names its source as the victim of an attack: no complaint about it");

    /// <summary>By the type in a file's name; the longer names first.</summary>
    private static readonly (string Type, ReportMeaning Meaning)[] _types =
    [
        ("honeypot_ddos_amp", Victim),
        ("honeypot_ddos_target", Victim),
        ("honeypot_ddos", ReportMeaning.Refused(
            "the report tells who ordered an attack on whom, not who sent it: no complaint that flows could confirm")),
        ("ddos_participant", ReportMeaning.Of(Purpose.DdosSource)),
        ("honeypot_brute_force", ReportMeaning.Of(Purpose.ScanSource)),
        ("honeypot_darknet", ReportMeaning.Of(Purpose.ScanSource)),
        ("darknet", ReportMeaning.Of(Purpose.ScanSource)),
        ("honeypot_http_scan", ReportMeaning.Of(Purpose.ScanSource)),
        ("honeypot_ics_scan", ReportMeaning.Of(Purpose.ScanSource)),
        ("honeypot_smb_scan", ReportMeaning.Of(Purpose.ScanSource)),
        ("honeypot_rdp_scan", ReportMeaning.Of(Purpose.ScanSource)),
        ("ip_spoofer", ReportMeaning.Of(Purpose.Spoofing)),
        ("microsoft_sinkhole_http", ReportMeaning.Of(Purpose.CncContact)),
        ("microsoft_sinkhole", ReportMeaning.Of(Purpose.CncContact)),
        ("sinkhole_http_referer", ReportMeaning.Refused(
            "the report names web pages that refer to a sinkhole, not who visited it")),
        ("sinkhole_http", ReportMeaning.Of(Purpose.CncContact)),
        ("sinkhole_dns", ReportMeaning.Refused(
            "the report names who asked a sinkhole's name server, which is a resolver that asked for others")),
        ("sinkhole", ReportMeaning.Of(Purpose.CncContact)),
    ];

    /// <summary>Reports of what could be reached or stands on a list.</summary>
    private static readonly string[] _ofServices =
        ["_scan_", "_scan6_", "blocklist", "compromised_website", "vulnerable_", "accessible_", "device_id"];

    /// <summary>By the file's name and the header; null where they do not tell.</summary>
    public static ReportMeaning? OfFile(string name, string[] header)
    {
        var plain = Path.GetFileName(name).ToLowerInvariant().Replace('-', '_');
        foreach (var (type, meaning) in _types)
        {
            if (plain.Contains(type, StringComparison.Ordinal))
            {
                return meaning;
            }
        }

        if (plain.Contains("honeypot", StringComparison.Ordinal))
        {
            if (plain.Contains("_scan", StringComparison.Ordinal))
            {
                return ReportMeaning.Of(Purpose.ScanSource);
            }
        }
        else if (Array.Exists(_ofServices, word => plain.Contains(word, StringComparison.Ordinal)))
        {
            return ReportMeaning.Refused(
                "the report tells of a service that answers, or of a reputation, and of no traffic that flows could confirm");
        }

        bool Has(params ReadOnlySpan<string> columns)
        {
            foreach (var column in columns)
            {
                if (!header.Contains(column))
                {
                    return false;
                }
            }

            return true;
        }

        // Counted requests of an attack that a honeypot was to amplify.
        return Has("request", "count", "bytes", "end_time") ? Victim
            : Has("routedspoof") ? ReportMeaning.Of(Purpose.Spoofing)
            : Has("attack", "duration") ? Victim
            : null;
    }

    /// <summary>By the row's own words; null where they do not tell.</summary>
    /// <param name="tag">Column tag.</param>
    /// <param name="infection">Columns infection and family, the first that is filled.</param>
    /// <param name="source">Column public_source.</param>
    public static ReportMeaning? OfRow(string tag, string infection, string source) =>
        OfWord(tag) ?? OfWord(infection)
            ?? (ComplaintKinds.PurposeOf("", tag) is { } about ? ReportMeaning.Of(about)
            : infection.Length > 0 || source.Equals("MSDCU", StringComparison.OrdinalIgnoreCase)
                ? ReportMeaning.Of(Purpose.CncContact)
            : null);

    /// <summary>Honeypots write what was done into the column of the infection ("ssh-brute-force",
    /// "ddos-amplification").</summary>
    private static ReportMeaning? OfWord(string word)
    {
        var plain = word.Trim().ToLowerInvariant().Replace('-', '_');
        return plain.Contains("amplification", StringComparison.Ordinal) ? Victim
            : plain.EndsWith("brute_force", StringComparison.Ordinal)
                || plain.EndsWith("_scan", StringComparison.Ordinal)
                ? ReportMeaning.Of(Purpose.ScanSource)
            : plain.Contains("ddos_participant", StringComparison.Ordinal) ? ReportMeaning.Of(Purpose.DdosSource)
            : plain.Contains("spoofer", StringComparison.Ordinal) ? ReportMeaning.Of(Purpose.Spoofing)
            : null;
    }
}
