// SPDX-License-Identifier: Apache-2.0
//
// A contact that is decided on and is about to be told, as it is written down before: one line of words, "SUBJECT
// REMOTE PORT PROTOCOL KIND FIRST LAST CONTACTS ROLE CONFIDENCE SOURCES DOUBT TOLD EXPORTER DOMAIN INTERFACE LIST
// FAMILY"; LIST and FAMILY as in SavedWindow.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector.Matching;

/// <summary>Sightings as lines.</summary>
internal static class SavedContact
{
    private const int Words = 18;

    public static string Format(in Sighting one) => string.Create(
        CultureInfo.InvariantCulture,
        $"{one.Subject} {one.Endpoint.Address} {one.Endpoint.Port} {one.Endpoint.Protocol} {(byte)one.Kind} ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{one.FirstMs} {one.LastMs} {one.Contacts} {(byte)one.Role} {one.Confidence} {one.Sources} ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{(byte)one.Doubt} {one.ToldMs} {one.Source.Exporter} {one.Source.Domain} {one.Source.Interface} ")
        + $"{SavedWindow.Escape(one.List)} {SavedWindow.Escape(one.Family)}";

    /// <summary>Reads what <see cref="Format"/> writes; null where it is none.</summary>
    public static Sighting? Parse(string line)
    {
        var words = line.Split(' ');
        if (words.Length != Words || !SubjectKey.TryParse(words[0], out var subject)
            || !IpKey.TryParse(words[1], out var remote) || !IpKey.TryParse(words[13], out var exporter))
        {
            return null;
        }

        Span<long> n = stackalloc long[Words];
        foreach (var at in (ReadOnlySpan<int>)[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15])
        {
            if (!long.TryParse(words[at], NumberStyles.None, CultureInfo.InvariantCulture, out n[at]))
            {
                return null;
            }
        }

        return !Enum.IsDefined((ContactKind)n[4]) || !Enum.IsDefined((ListRole)n[8])
            || !Enum.IsDefined((EvidenceDoubt)n[11]) ? null
            : new Sighting(
                subject, new Endpoint(remote, (ushort)n[2], (byte)n[3]), SavedWindow.Unescape(words[16]),
                (ContactKind)n[4], n[5], n[6], (uint)n[7], (ListRole)n[8], (byte)n[9], (byte)n[10],
                SavedWindow.Unescape(words[17]), new(exporter, (uint)n[14], (uint)n[15]), (EvidenceDoubt)n[11])
            {
                ToldMs = n[12],
            };
    }
}
