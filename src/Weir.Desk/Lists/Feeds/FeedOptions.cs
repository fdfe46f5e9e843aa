// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Globalization;
using Weir.Contracts.Lists;

namespace Weir.Desk.Lists.Feeds;

/// <summary>How one list is to be read: what stands behind <c>--watchlist</c>.</summary>
public sealed record FeedOptions
{
    /// <summary>File, or folder of a MISP feed or of TAXII pages.</summary>
    public string Path { get; init; } = "";

    /// <summary>Name shown with every sighting; null = the file's name without endings.</summary>
    public string? Name { get; init; }

    /// <summary>Role of every entry; null = what the format says, which is <see cref="ListRole.C2"/> unless it
    /// says otherwise.</summary>
    public ListRole? Role { get; init; }

    /// <summary>Confidence of entries that do not tell their own, 0 to 100. Default 100.</summary>
    public byte Confidence { get; init; } = 100;

    /// <summary>Entries that tell a lower confidence are left out, 0 to 100. Default 0.</summary>
    public byte MinConfidence { get; init; }

    /// <summary>Entries with fewer hits are left out; for lists that count hits, such as ipsum. Default 1.</summary>
    public int MinHits { get; init; } = 1;

    /// <summary>Life of entries without an expiry of their own, from their last (else first) report;
    /// null = no end.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>A plain list of names is meant; without it a name in a plain list is refused.</summary>
    public bool Domains { get; init; }

    /// <summary>Flows before <c>valid_from</c> do not match. Off by default: lists are published after
    /// the infection.</summary>
    public bool Strict { get; init; }

    /// <summary>The list is our own of promoted endpoints. Weir alone says so; no option of an argument does.</summary>
    public bool IsOwnConfirmation { get; init; }

    /// <summary>It is fetched into its place, and may not be there yet.</summary>
    public bool IsFetched { get; init; }

    /// <summary>Who has to have signed the file; null for nobody. The configuration alone says so.</summary>
    public ListOwner? Owner { get; init; }

    /// <summary>Columns of a CSV by field (<c>address</c>, <c>port</c>, …): a header's name, or a
    /// number from 1.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = FrozenDictionary<string, string>.Empty;

    private const string Known = "role, name, confidence, min-confidence, min-hits, ttl, domains, strict, columns";

    /// <summary>
    /// Takes <c>FILE[,option=value]...</c>. Options: <c>role=c2|sinkhole|attacker|bogon|allow</c>, <c>name=TEXT</c>,
    /// <c>confidence=0..100</c>, <c>min-confidence=0..100</c>, <c>min-hits=N</c>, <c>ttl=14d|12h|30m</c>,
    /// <c>domains=yes</c>, <c>strict=yes</c>, <c>columns=address:dst;port:3</c>. A comma in the file's name stays where
    /// no option follows it.
    /// </summary>
    /// <exception cref="FeedException">An option that is not known or whose value cannot be.</exception>
    public static FeedOptions Parse(string argument)
    {
        var parts = argument.Split(',');
        var first = Array.FindIndex(parts, 1, part => part.Contains('='));
        first = first < 0 ? parts.Length : first;
        var options = new FeedOptions { Path = string.Join(',', parts[..first]) };
        if (options.Path.Length == 0)
        {
            throw CreateBadArgument(argument, "names no file; write --watchlist FILE[,role=c2]");
        }

        foreach (var part in parts[first..])
        {
            var equals = part.IndexOf('=');
            if (equals < 0)
            {
                throw CreateBadArgument(argument, $"has '{part}' where option=value is expected ({Known})");
            }

            options = options.With(argument, part[..equals].Trim(), part[(equals + 1)..].Trim());
        }

        return options;
    }

    private FeedOptions With(string argument, string key, string value) => key switch
    {
        "role" => this with { Role = RoleOf(argument, value) },
        "name" when value.Length > 0 => this with { Name = value },
        "name" => throw CreateBadArgument(argument, "has an empty name"),
        "confidence" => this with { Confidence = (byte)Number(argument, key, value, 0, 100) },
        "min-confidence" => this with { MinConfidence = (byte)Number(argument, key, value, 0, 100) },
        "min-hits" => this with { MinHits = Number(argument, key, value, 1, 1_000_000) },
        "ttl" => this with { Lifetime = Span(argument, value) },
        "domains" => this with { Domains = YesNo(argument, key, value) },
        "strict" => this with { Strict = YesNo(argument, key, value) },
        "columns" => this with { Columns = Mapping(argument, value) },
        _ => throw CreateBadArgument(argument, $"has an unknown option '{key}'; known are {Known}"),
    };

    private static ListRole RoleOf(string argument, string value) => value switch
    {
        "c2" => ListRole.C2,
        "sinkhole" => ListRole.Sinkhole,
        "attacker" => ListRole.Attacker,
        "bogon" => ListRole.Bogon,
        "allow" => ListRole.Allow,
        _ => throw CreateBadArgument(argument, $"has role '{value}'; a role is c2, sinkhole, attacker, bogon or allow"),
    };

    private static int Number(string argument, string key, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most
            ? number
            : throw CreateBadArgument(argument, $"has {key} '{value}'; it is a whole number from {least} to {most}");

    private static bool YesNo(string argument, string key, string value) => value switch
    {
        "yes" => true,
        "no" => false,
        _ => throw CreateBadArgument(argument, $"has {key} '{value}'; write yes or no"),
    };

    private static TimeSpan Span(string argument, string value)
    {
        if (value.Length > 1
            && int.TryParse(value.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and < 100_000)
        {
            switch (value[^1])
            {
                case 'd':
                    return TimeSpan.FromDays(number);
                case 'h':
                    return TimeSpan.FromHours(number);
                case 'm':
                    return TimeSpan.FromMinutes(number);
            }
        }

        throw CreateBadArgument(argument, $"has ttl '{value}'; write days, hours or minutes such as 14d, 12h, 30m");
    }

    private static Dictionary<string, string> Mapping(string argument, string value)
    {
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in value.Split(';'))
        {
            var colon = pair.IndexOf(':');
            if (colon <= 0 || colon == pair.Length - 1 || !ColumnMap.IsField(pair[..colon]))
            {
                throw CreateBadArgument(
                    argument, $"has columns '{pair}'; write FIELD:COLUMN with FIELD one of {ColumnMap.FieldNames}");
            }

            columns[pair[..colon]] = pair[(colon + 1)..];
        }

        return columns;
    }

    private static FeedException CreateBadArgument(string argument, string what) =>
        new($"watchlist '{argument}' {what}.", FeedException.BadArgument);
}
