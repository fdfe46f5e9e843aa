// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Retaining;

/// <summary>What is held of one kind.</summary>
/// <param name="Kind"><c>pairs</c>, <c>sightings</c>, <c>keys</c>, <c>audit</c>, …</param>
/// <param name="Oldest">Of what is held; null where nothing is.</param>
/// <param name="Newest">Likewise.</param>
/// <param name="Rows">Rows, files or entries.</param>
/// <param name="Octets">On disk.</param>
/// <param name="Limit">The rule in words: <c>7 d</c>, <c>at least 365 d</c>.</param>
/// <param name="State"><see cref="Ok"/>, <see cref="Over"/>, <see cref="Nothing"/>, or <see cref="Unknown"/> with the
/// reason in <paramref name="Where"/>.</param>
/// <param name="Where">What was looked at.</param>
internal sealed record RetentionEntry(
    string Kind, DateTimeOffset? Oldest, DateTimeOffset? Newest, long Rows, long Octets, string Limit,
    string State, string Where)
{
    public const string Ok = "ok";

    /// <summary>Something is held longer than it may be.</summary>
    public const string Over = "over";

    public const string Nothing = "nothing";

    /// <summary>It could not be looked at.</summary>
    public const string Unknown = "unknown";

    /// <summary>Held within its limit, unless the oldest is older than <paramref name="limit"/>.</summary>
    public static RetentionEntry Create(
        string kind, DateTimeOffset? oldest, DateTimeOffset? newest, long rows, long octets, string limit,
        DateTimeOffset? notBefore, string where) =>
            new(kind, oldest, newest, rows, octets, limit, oldest is null
                ? Nothing : oldest < notBefore ? Over : Ok, where);
}

/// <summary>A place where something about subscribers is held. It tells what is there, not what should be.</summary>
internal interface IRetentionSource
{
    string Kind { get; }

    /// <summary>Looks. A place that cannot be read throws; the report then says so.</summary>
    Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel);
}
