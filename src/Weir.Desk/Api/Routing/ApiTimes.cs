// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Desk.Api.Routing;

/// <summary>Times behind the question mark, named alike everywhere: <c>from</c> and <c>to</c>.</summary>
internal static class ApiTimes
{
    public const string FromName = "from";
    public const string ToName = "to";

    private static readonly string[] Forms =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    public static ApiParameter From(string meaning) => new(FromName, $"{meaning} A UTC day or time, 2026-11-28 or 2026-11-28T14:30Z.");

    public static ApiParameter To(string meaning) => new(ToName, $"{meaning} As from.");

    /// <summary>Null without one.</summary>
    /// <exception cref="ApiRefusalException">It is no time.</exception>
    public static DateTimeOffset? ReadFrom(ApiCall call) => Read(call, FromName);

    /// <inheritdoc cref="ReadFrom"/>
    public static DateTimeOffset? ReadTo(ApiCall call) => Read(call, ToName);

    /// <summary>Reads a day, its first moment, or a time; UTC.</summary>
    public static bool TryParse(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static DateTimeOffset? Read(ApiCall call, string name) => call.Query(name) is not { } text ? null
        : TryParse(text, out var time) ? time
        : throw ApiRefusalException.BadRequest(
            $"{name} '{text}' is no time; write a UTC day or time, 2026-11-28 or 2026-11-28T14:30Z");
}
