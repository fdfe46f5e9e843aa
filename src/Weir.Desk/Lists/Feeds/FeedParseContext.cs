// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Globalization;
using Weir.Contracts.Lists;
using Weir.Wire;

namespace Weir.Desk.Lists.Feeds;

/// <summary>What a list says about an entry besides the entry.</summary>
internal struct FeedEntryAttributes
{
    public long FirstMs;
    public long LastMs;

    /// <summary>0 = not said.</summary>
    public long ExpiresMs;
    public long ValidFromMs;

    /// <summary>-1 = not said.</summary>
    public int Confidence = -1;
    public string Family = "";

    /// <summary>How the list came to the entry, in words.</summary>
    public string Provenance = "";

    /// <summary>A role the format gives to this entry alone; an operator's <c>role=</c> wins over it.</summary>
    public ListRole? Role;

    public FeedEntryAttributes()
    {
    }

    /// <summary>How much a list trusts an entry: 0 to 100, with a percent sign or not, a fraction of 1, or in the
    /// words of STIX 2.1 (appendix A): low 15, medium 50, high 85. -1 where it cannot be read.</summary>
    public static int ConfidenceOf(ReadOnlySpan<char> text)
    {
        text = text.Trim().TrimEnd('%').TrimEnd();
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            return Math.Min(whole, 100);
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part))
        {
            return (int)Math.Round(part <= 1 ? part * 100 : Math.Min(part, 100));
        }

        Span<char> word = stackalloc char[16];
        return text.Length > word.Length ? -1 : word[..text.ToLowerInvariant(word)] switch
        {
            "low" => 15,
            "medium" or "med" or "moderate" => 50,
            "high" => 85,
            _ => -1,
        };
    }

    /// <summary>Whether a list says when an entry ends in a way that is read, or that it does not end.</summary>
    public static bool TryEnd(string? text) => Time(text) > 0 || text?.Trim().ToLowerInvariant()
        is null or "" or "0" or "-" or "never" or "none" or "null" or "n/a" or "no" or ['0', '0', '0', '0', '-', ..];

    /// <summary>Times as lists write them: ISO 8601, "2024-02-08 19:20:49" or "2024-02-08", UTC, said or not; or
    /// seconds or milliseconds since the epoch. 0 where it cannot be read.</summary>
    public static long Time(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return 0;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            // Eight digits are a day without marks, as MISP writes it: as seconds they are 1970.
            if (text.Length == 8 && DateTime.TryParseExact(
                text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= 1990)
            {
                return new DateTimeOffset(day, TimeSpan.Zero).ToUnixTimeMilliseconds();
            }

            // As seconds it is beyond the year 5138, as milliseconds after 1973.
            return seconds is > 0 and < 100_000_000_000 ? seconds * 1_000
                : seconds is > 0 and < 253_402_300_800_000 ? seconds : 0;
        }

        text = text.EndsWith(" UTC", StringComparison.OrdinalIgnoreCase) ? text[..^4].TrimEnd() : text;

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time)
            ? Math.Max(0, time.ToUnixTimeMilliseconds())
            : 0;
    }
}

/// <summary>Collects what a reader finds and applies the operator's options once, for every format alike.</summary>
internal sealed class FeedParseContext(FeedOptions options, string name)
{
    /// <summary>What URLs are ignored as.</summary>
    public const string Urls = "url";

    private const int KeptExamples = 20;
    private const int MaxReasons = 100;

    /// <summary>Octets of memory that what is taken may take, about: 1.8 million entries. With what a reader needs
    /// beside it that stays below 200 MiB.</summary>
    private const long MaxKept = 144L << 20;

    private const int EntryOctets = 80;
    private const int DomainOctets = 200;
    private const int TagOctets = 200;

    private readonly EntryBlocks _entries = new();
    private readonly Dictionary<string, DomainEntry> _domains = new(StringComparer.Ordinal);
    private readonly Dictionary<ListTag, ListTag> _tags = [];
    private readonly List<RejectedLine> _examples = [];
    private readonly SortedDictionary<string, int> _ignored = new(StringComparer.Ordinal);
    private int _refused;
    private long _kept;

    public FeedOptions Options => options;

    /// <summary>Role of entries that are not singled out: the operator's, else what the format says.</summary>
    public ListRole Role { get; set; } = options.Role ?? ListRole.C2;

    public string Format { get; set; } = "unknown";

    /// <summary>Something of it was damaged behind what was taken: half a list would be a shorter list unseen.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>Which octets were read.</summary>
    public ReadDigests Digests { get; } = new();

    public int Entries => _entries.Count;

    public int Taken => _entries.Count + _domains.Count;

    /// <summary>Whether this entry would tell fewer hits than asked for; counted when so.</summary>
    public bool HasTooFewHits(long hits)
    {
        if (hits >= options.MinHits)
        {
            return false;
        }

        Ignore("fewer hits than asked for");
        return true;
    }

    public void Add(in Indicator indicator, string place, in FeedEntryAttributes facts)
    {
        switch (indicator.Kind)
        {
            case IndicatorKind.Unreadable:
                Refuse(place, indicator.Reason);
                break;
            case IndicatorKind.Url:
                Ignore(Urls);
                break;
            case var _ when facts.Confidence >= 0 && facts.Confidence < options.MinConfidence:
                Ignore("lower confidence than asked for");
                break;
            case IndicatorKind.Domain:
                TakeDomain(indicator.Name, indicator.Below, facts);
                break;
            default:
                AddNetwork(indicator, place, facts);
                break;
        }
    }

    /// <summary>All of a range or nothing: part of one that is a mistake is a mistake.</summary>
    public void AddRange(in AddressRange range, string place, in FeedEntryAttributes facts)
    {
        var role = options.Role ?? facts.Role ?? Role;
        if (role is not (ListRole.Allow or ListRole.Bogon) && ListedSpace.IsTooWide(range))
        {
            Refuse(place, $"{range} is wider than any list of endpoints has: a mistake, such as two addresses in a row");
            return;
        }

        // All of a range has one role: what only informs within it makes the whole inform.
        var given = facts;
        List<Prefix> networks = [.. range.ToPrefixes()];
        foreach (var network in networks)
        {
            if (ListedSpace.Judge(network, role, options.Role is not null, out var one) is { } reason)
            {
                Refuse(place, reason);
                return;
            }

            if (one != role)
            {
                given = facts with { Role = one };
            }
        }

        foreach (var network in networks)
        {
            Add(Indicator.Network(network), place, given);
        }
    }

    private void AddNetwork(in Indicator indicator, string place, FeedEntryAttributes facts)
    {
        var role = options.Role ?? facts.Role ?? Role;
        if (ListedSpace.Judge(indicator.What, role, options.Role is not null, out var given) is { } reason)
        {
            Refuse(place, reason);
            return;
        }

        if (given != role)
        {
            Ignore("special-purpose network (RFC 6890), taken as bogon");
        }

        Keep(EntryOctets);
        _entries.Add(new ListEntry(
            indicator.What, indicator.Port, indicator.Protocol, Tag(facts, given), facts.FirstMs, facts.LastMs,
            Expiry(facts), options.Strict ? facts.ValidFromMs : 0));
    }

    /// <summary>Counts memory that something of the list takes.</summary>
    /// <exception cref="FeedException">It is more than one list may take.</exception>
    public void Keep(long octets)
    {
        _kept += octets;
        if (_kept > MaxKept)
        {
            throw new FeedException(
                $"watchlist {options.Path} holds more than {MaxKept >> 20} MiB of entries (about 1.8 million); split "
                + "it into lists of their own.", FeedException.Unreadable);
        }
    }

    public void Refuse(string place, string reason)
    {
        _refused++;
        if (_examples.Count < KeptExamples)
        {
            _examples.Add(new(place, reason));
        }
    }

    public void Ignore(string reason, int count = 1)
    {
        var kept = _ignored.ContainsKey(reason) || _ignored.Count < MaxReasons ? reason : "other reasons";
        _ignored[kept] = _ignored.GetValueOrDefault(kept) + count;
    }

    public Feed Finish(string path, DateTimeOffset readAt) => new()
    {
        Name = name,
        Path = path,
        Format = Format,
        Role = Role,
        Entries = _entries,
        Domains = [.. _domains.Values],
        Refused = new(_refused, _examples),
        Ignored = _ignored,
        ReadAt = readAt,
    };

    /// <summary>A name is kept once; that names below are meant, and the longest life, add up over its rows.</summary>
    private void TakeDomain(string domain, bool below, in FeedEntryAttributes facts)
    {
        var next = new DomainEntry(domain, below, Tag(facts), facts.FirstMs, Expiry(facts));
        if (_domains.TryGetValue(domain, out var known))
        {
            next = known with { Below = known.Below || below, ExpiresMs = Math.Max(known.ExpiresMs, next.ExpiresMs) };
        }
        else
        {
            Keep(DomainOctets + (2 * domain.Length));
        }

        _domains[domain] = next;
    }

    private ListTag Tag(in FeedEntryAttributes facts, ListRole? given = null)
    {
        var confidence = facts.Confidence is >= 0 and <= 100 ? (byte)facts.Confidence : options.Confidence;
        var tag = new ListTag(name, given ?? options.Role ?? facts.Role ?? Role, confidence, facts.Family.Length > 120
            ? facts.Family[..120]
            : facts.Family)
        {
            IsOwnConfirmation = options.IsOwnConfirmation,
            Provenance = facts.Provenance.Length > 400 ? facts.Provenance[..400] : facts.Provenance,
        };
        if (!_tags.TryGetValue(tag, out var known))
        {
            Keep(TagOctets + (2 * (tag.Family.Length + tag.Provenance.Length)));
            _tags.Add(tag, known = tag);
        }

        return known;
    }

    private long Expiry(in FeedEntryAttributes facts)
    {
        var reported = Math.Max(facts.FirstMs, facts.LastMs);
        return facts.ExpiresMs > 0 ? facts.ExpiresMs
            : options.Lifetime is { } life && reported > 0 ? reported + (long)life.TotalMilliseconds
            : ListEntry.Never;
    }
}

/// <summary>Entries in blocks: a list that doubles holds three times what it has while it grows.</summary>
internal sealed class EntryBlocks : IReadOnlyList<ListEntry>
{
    private const int FirstEntries = 256;
    private const int BlockEntries = 1 << 14;

    private readonly List<ListEntry[]> _blocks = [];

    public int Count { get; private set; }

    public ListEntry this[int index] => index < Count
        ? _blocks[index / BlockEntries][index % BlockEntries]
        : throw new ArgumentOutOfRangeException(nameof(index));

    public void Add(in ListEntry entry)
    {
        var (block, at) = (Count / BlockEntries, Count % BlockEntries);
        if (block == _blocks.Count)
        {
            _blocks.Add(new ListEntry[block == 0 ? FirstEntries : BlockEntries]);
        }
        else if (at == _blocks[block].Length)
        {
            var grown = _blocks[block];
            Array.Resize(ref grown, at * 2);
            _blocks[block] = grown;
        }

        _blocks[block][at] = entry;
        Count++;
    }

    public IEnumerator<ListEntry> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
