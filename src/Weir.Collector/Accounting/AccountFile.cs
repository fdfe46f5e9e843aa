// SPDX-License-Identifier: Apache-2.0
//
// Text, there whole or not at all. First line: "weir-account 1 COUNT GENERATION WINDOWS" and the eight totals; then a
// line for each sequence: "EXPORTER PROTOCOL DOMAIN PORT EXPECTED BOOT LASTUSED", BOOT a hyphen where it is not told;
// and one for each stream that has earned its standing: "stream EXPORTER PROTOCOL DOMAIN PORT NEXT BOOT SINCE LAST PEAK
// CONTESTED"; and one for each contact window that was open: "window", and what SavedWindow writes. Contacts that are
// being told: "telling NUMBER CONTACTS", and a line for each: "contact", and what SavedContact writes. A line for each
// other collector whose flows were taken: "forwarder", and what ForwarderPosition writes; and "waiting FLOWS" where
// flows waited for other owners.
using System.Globalization;
using System.Text;
using Weir.Collector.Corroborating;
using Weir.Collector.Decoding;
using Weir.Collector.Matching;
using Weir.Collector.Owning;
using Weir.Contracts.Segments;
using Weir.Hosting.Files;
using Weir.Wire;

namespace Weir.Collector.Accounting;

/// <summary>An account as it is written down.</summary>
/// <param name="Count">Its number, raised with each.</param>
/// <param name="Generation">Of the run that wrote it.</param>
/// <param name="Totals">Over all runs.</param>
/// <param name="OpenWindows">How many contact windows were open; none where the run was stopped.</param>
/// <param name="Places">Where sequences stood.</param>
internal sealed record SavedAccount(
    long Count, long Generation, AccountTotals Totals, long OpenWindows, IReadOnlyList<SequenceState> Places)
{
    /// <summary>Streams that had earned their standing.</summary>
    public IReadOnlyList<ExporterStream> Streams { get; init; } = [];

    /// <summary>Contact windows that were open, to go on with.</summary>
    public IReadOnlyList<SavedWindow> Windows { get; init; } = [];

    /// <summary>Under which number contacts are told.</summary>
    public long Telling { get; init; }

    /// <summary>Those that are, or were.</summary>
    public IReadOnlyList<Sighting> Contacts { get; init; } = [];

    /// <summary>Contacts to be told that cannot be read; then none is there.</summary>
    public long LostContacts { get; init; }

    /// <summary>How far flows of other collectors were taken.</summary>
    public IReadOnlyList<ForwarderPosition> Forwarders { get; init; } = [];

    /// <summary>Flows that waited, in memory alone, to be sent to their owners.</summary>
    public long Waiting { get; init; }

    public static SavedAccount None { get; } = new(0, 0, default, 0, []);
}

/// <summary>The file of an account.</summary>
internal sealed class AccountFile(string path)
{
    private const string Head = "weir-account 1";
    private const string StreamWord = "stream";
    private const string WindowWord = "window ";
    private const string TellingWord = "telling ";
    private const string ContactWord = "contact ";
    private const string ForwarderWord = "forwarder ";
    private const string WaitingWord = "waiting ";
    private static readonly string[] ReadApart = [TellingWord, ContactWord, ForwarderWord, WaitingWord];

    /// <summary>Writes it; durable when it returns.</summary>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/>
    /// say.</exception>
    public void Save(SavedAccount account)
    {
        var totals = account.Totals;
        var text = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"{Head} {account.Count} {account.Generation} {account.OpenWindows} {totals.Datagrams} {totals.Digested} ")
            .Append(
                CultureInfo.InvariantCulture,
                $"{totals.Other} {totals.NotFlows} {totals.MissingRecords} {totals.MissingMessages} ")
            .Append(CultureInfo.InvariantCulture, $"{totals.Kept} {totals.Windows}\n");
        foreach (var place in account.Places)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{place.Exporter} {place.Protocol} {place.Domain} {place.Port} {place.Expected} ")
                .Append(place.BootMs?.ToString(CultureInfo.InvariantCulture) ?? "-")
                .Append(CultureInfo.InvariantCulture, $" {place.LastUsedMs}\n");
        }

        foreach (var (exporter, key, stream) in account.Streams)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{StreamWord} {exporter} {key.Protocol} {key.Domain} {key.Port} {stream.Next} ")
                .Append(stream.BootMs?.ToString(CultureInfo.InvariantCulture) ?? "-")
                .Append(CultureInfo.InvariantCulture,
                    $" {stream.SinceMs} {stream.LastMs} {stream.Peak} {stream.ContestedMs}\n");
        }

        foreach (var window in account.Windows)
        {
            text.Append(WindowWord).Append(window).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"{TellingWord}{account.Telling} {account.Contacts.Count}\n");
        foreach (var contact in account.Contacts)
        {
            text.Append(ContactWord).Append(SavedContact.Format(contact)).Append('\n');
        }

        foreach (var position in account.Forwarders)
        {
            text.Append(ForwarderWord).Append(position).Append('\n');
        }

        if (account.Waiting > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{WaitingWord}{account.Waiting}\n");
        }

        AtomicFile.Write(path, text.ToString());
    }

    /// <summary>Reads it.</summary>
    /// <returns>Nothing yet where it is not there, or cannot be believed, which the sentence says.</returns>
    public (SavedAccount Account, string Fault) Load()
    {
        try
        {
            return !File.Exists(path) ? (SavedAccount.None, "")
                : Parse(File.ReadAllLines(path)) is { } account ? (account, "")
                : (SavedAccount.None, $"{path} is no account of this program; it is written anew");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return (SavedAccount.None, $"{path} cannot be read: {refused.Message}");
        }
    }

    private static long[]? HeadOf(string[] lines)
    {
        if (lines.Length == 0 || lines[0].Split(' ') is not { Length: 13 } head || $"{head[0]} {head[1]}" != Head)
        {
            return null;
        }

        var numbers = new long[11];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!TryNumber(head[i + 2], out numbers[i]))
            {
                return null;
            }
        }

        return numbers;
    }

    private static SavedAccount? Parse(string[] lines)
    {
        if (HeadOf(lines) is not { } numbers)
        {
            return null;
        }

        var places = new List<SequenceState>(lines.Length - 1);
        var streams = new List<ExporterStream>();
        var windows = new List<SavedWindow>();
        foreach (var line in lines.AsSpan(1))
        {
            if (line.StartsWith(WindowWord, StringComparison.Ordinal))
            {
                // One that cannot be read is counted as lost, and takes nothing else with it.
                windows.AddRange(SavedWindow.Parse(line[WindowWord.Length..]) is { } window ? [window] : []);
                continue;
            }

            if (Array.Exists(ReadApart, word => line.StartsWith(word, StringComparison.Ordinal)))
            {
                continue;
            }

            if (line.StartsWith(StreamWord, StringComparison.Ordinal))
            {
                if (StreamOf(line.Split(' ')) is not { } stream)
                {
                    return null;
                }

                streams.Add(stream);
                continue;
            }

            if (PlaceOf(line.Split(' ')) is not { } place)
            {
                return null;
            }

            places.Add(place);
        }

        var (telling, contacts, lost) = TellingOf(lines);
        return new(
            numbers[0], numbers[1],
            new(numbers[3], numbers[4], numbers[5], numbers[6], numbers[7], numbers[8], numbers[9], numbers[10]),
            numbers[2], places)
        {
            Streams = streams,
            Windows = windows,
            Telling = telling,
            Contacts = contacts,
            LostContacts = lost,
            Forwarders = [.. After(lines, ForwarderWord).Select(ForwarderPosition.Parse).OfType<ForwarderPosition>()],
            Waiting = After(lines, WaitingWord).Sum(static word => TryNumber(word, out long flows) ? flows : 0),
        };
    }

    /// <summary>What stands behind a word, where a line begins with it.</summary>
    private static IEnumerable<string> After(string[] lines, string word) =>
        lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)).Select(line => line[word.Length..]);

    /// <summary>What is told: all of it or, where one cannot be read, none. How far it was told goes by their order.
    /// </summary>
    private static (long Number, IReadOnlyList<Sighting> Contacts, long Lost) TellingOf(string[] lines)
    {
        var head = Array.Find(lines, static line => line.StartsWith(TellingWord, StringComparison.Ordinal))?.Split(' ');
        if (head is not [_, var number, var count] || !TryNumber(number, out long telling)
            || !TryNumber(count, out long said))
        {
            return (0, [], 0);
        }

        List<Sighting> contacts =
        [
            .. lines.Where(static line => line.StartsWith(ContactWord, StringComparison.Ordinal))
                .Select(static line => SavedContact.Parse(line[ContactWord.Length..])).OfType<Sighting>(),
        ];
        return contacts.Count == said ? (telling, contacts, 0) : (telling + 1, [], said);
    }

    private static ExporterStream? StreamOf(string[] words)
    {
        uint boot = 0;
        return words.Length == 11 && IpKey.TryParse(words[1], out var exporter)
            && Enum.TryParse<ExportProtocol>(words[2], out var protocol) && TryNumber(words[3], out uint domain)
            && TryNumber(words[4], out ushort port) && TryNumber(words[5], out uint next)
            && (words[6] == "-" || TryNumber(words[6], out boot)) && TryNumber(words[7], out long since)
            && TryNumber(words[8], out long last) && FlowCalendar.Holds(last) && TryNumber(words[9], out long peak)
            && TryNumber(words[10], out long contested)
                ? new ExporterStream(
                    exporter, new(protocol, domain, port), new(next, words[6] == "-" ? null : boot, since, last, peak)
                    {
                        ContestedMs = contested,
                    })
                : null;
    }

    private static SequenceState? PlaceOf(string[] words)
    {
        uint boot = 0;
        return words.Length == 7 && IpKey.TryParse(words[0], out var exporter)
            && Enum.TryParse<ExportProtocol>(words[1], out var protocol) && TryNumber(words[2], out uint domain)
            && TryNumber(words[3], out ushort port) && TryNumber(words[4], out uint expected)
            && (words[5] == "-" || TryNumber(words[5], out boot)) && TryNumber(words[6], out long lastUsed)
            && FlowCalendar.Holds(lastUsed)
                ? new SequenceState(
                    exporter, protocol, domain, port, expected, words[5] == "-" ? null : boot, lastUsed)
                : null;
    }

    private static bool TryNumber<T>(string word, out T value)
        where T : struct, System.Numerics.INumber<T> =>
        T.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
