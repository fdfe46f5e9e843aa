// SPDX-License-Identifier: Apache-2.0
//
// An open contact window as it is written down: under the pseudonym of its subject, as a digest is, so that the way
// back needs the epoch's key. One line of words: "SUBJECT REMOTE PORT PROTOCOL DOUBTFUL TOLD SOURCES CONTESTED EXPORTER
// DOMAIN INTERFACE ROLE CONFIDENCE LIST FAMILY" and the window's numbers; LIST and FAMILY escaped as in addresses of
// pages, a hyphen for none.
using System.Globalization;
using System.Text;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Wire;

namespace Weir.Collector.Matching;

/// <summary>One open window.</summary>
/// <param name="Subject">Under the key of the epoch in which the window began.</param>
/// <param name="Remote">The listed endpoint's address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Protocol">IANA number.</param>
internal sealed record SavedWindow(SubjectKey Subject, IpKey Remote, ushort Port, byte Protocol)
{
    private const int Head = 15;

    public bool IsDoubtful { get; init; }

    /// <summary>Start of the contact that was told of at once; 0 = none was.</summary>
    public long ToldMs { get; init; }

    public byte Sources { get; init; }

    public bool IsContested { get; init; }

    public FlowSource Exporter { get; init; }

    public required ListTag Tag { get; init; }

    public required ContactWindow Window { get; init; }

    /// <summary>Reads what <see cref="ToString"/> writes; null where it is none.</summary>
    public static SavedWindow? Parse(string line)
    {
        var words = line.Split(' ');
        if (words.Length != Head + ContactWindow.NumberCount || !SubjectKey.TryParse(words[0], out var subject)
            || !IpKey.TryParse(words[1], out var remote) || !IpKey.TryParse(words[8], out var exporter)
            || !Enum.TryParse<ListRole>(words[11], out var role))
        {
            return null;
        }

        Span<long> heads = stackalloc long[Head];
        foreach (var at in (ReadOnlySpan<int>)[2, 3, 4, 5, 6, 7, 9, 10, 12])
        {
            if (!long.TryParse(words[at], NumberStyles.None, CultureInfo.InvariantCulture, out heads[at]))
            {
                return null;
            }
        }

        Span<long> numbers = stackalloc long[ContactWindow.NumberCount];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!long.TryParse(
                words[Head + i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return ContactWindow.Of(numbers) is not { } window ? null
            : new SavedWindow(subject, remote, (ushort)heads[2], (byte)heads[3])
            {
                IsDoubtful = heads[4] != 0,
                ToldMs = heads[5],
                Sources = (byte)heads[6],
                IsContested = heads[7] != 0,
                Exporter = new(exporter, (uint)heads[9], (uint)heads[10]),
                Tag = new(Unescape(words[13]), role, (byte)heads[12], Unescape(words[14])),
                Window = window,
            };
    }

    public override string ToString()
    {
        var line = new StringBuilder(256).Append(
            CultureInfo.InvariantCulture,
            $"{Subject} {Remote} {Port} {Protocol} {(IsDoubtful ? 1 : 0)} {ToldMs} {Sources} {(IsContested ? 1 : 0)} ")
            .Append(CultureInfo.InvariantCulture, $"{Exporter.Exporter} {Exporter.Domain} {Exporter.Interface} ")
            .Append(CultureInfo.InvariantCulture, $"{Tag.Role} {Tag.Confidence} {Escape(Tag.List)} {Escape(Tag.Family)}");
        foreach (var number in Window.Numbers())
        {
            line.Append(CultureInfo.InvariantCulture, $" {number}");
        }

        return line.ToString();
    }

    internal static string Escape(string text) =>
        text.Length == 0 ? "-" : text == "-" ? "%2D" : Uri.EscapeDataString(text);

    internal static string Unescape(string word) => word == "-" ? "" : Uri.UnescapeDataString(word);
}
