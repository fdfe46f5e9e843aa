// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Wire.Native;

namespace Weir.Hosting.Retention;

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
public sealed record RetentionEntry(
    string Kind, DateTimeOffset? Oldest, DateTimeOffset? Newest, long Rows, long Octets, string Limit,
    string State, string Where)
{
    public const string Ok = "ok";

    /// <summary>Something is held longer than it may be.</summary>
    public const string Over = "over";

    public const string Nothing = "nothing";

    /// <summary>It could not be looked at.</summary>
    public const string Unknown = "unknown";

    /// <summary>What is due goes in hourly rounds; it may outlive its end by so much.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(2);

    /// <summary>A limit in words: <c>7 d</c>.</summary>
    public static string Days(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.##} d");

    /// <summary>Held within its limit, unless the oldest is older than <paramref name="notBefore"/>.</summary>
    public static RetentionEntry Create(
        string kind, (DateTimeOffset? Oldest, DateTimeOffset? Newest) held, (long Rows, long Octets) size, string limit,
        DateTimeOffset? notBefore, string where) =>
            new(kind, held.Oldest, held.Newest, size.Rows, size.Octets, limit, held.Oldest is null
                ? Nothing : held.Oldest < notBefore ? Over : Ok, where);
}

/// <summary>A place of this process where something about subscribers, or the record of it, is held. It tells what is
/// there, not what should be.</summary>
public interface IRetentionSource
{
    string Kind { get; }

    /// <summary>Looks.</summary>
    /// <exception cref="IOException">It cannot be read; so may <see cref="UnauthorizedAccessException"/>,
    /// <see cref="StoreException"/> and <see cref="Auditing.AuditException"/> say.</exception>
    Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel);
}
