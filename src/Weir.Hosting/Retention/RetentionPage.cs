// SPDX-License-Identifier: Apache-2.0
//
// The proof of rule R10: for each kind the oldest and the newest that is really there, beside the limit. Each process
// says its own places, so that nobody has to read another's folders; a place that cannot be read is said to be unknown,
// not to be empty.
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Weir.Hosting.Auditing;
using Weir.Wire.Native;

namespace Weir.Hosting.Retention;

/// <summary>Asks the places.</summary>
public static class RetentionPage
{
    /// <summary>What is held at each place.</summary>
    public static async Task<IReadOnlyList<RetentionEntry>> ReadAsync(
        IEnumerable<IRetentionSource> places, DateTimeOffset now, CancellationToken cancel)
    {
        var rows = new List<RetentionEntry>();
        foreach (var place in places)
        {
            try
            {
                rows.Add(await place.InspectAsync(now, cancel));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException
                or StoreException or AuditException)
            {
                rows.Add(new(place.Kind, null, null, 0, 0, "", RetentionEntry.Unknown, failure.Message));
            }
        }

        return rows;
    }

    /// <summary>As JSON: an array of entries.</summary>
    public static string Write(IReadOnlyList<RetentionEntry> entries) =>
        JsonSerializer.Serialize(entries, RetentionJson.Default.IReadOnlyListRetentionEntry);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is no such page.</exception>
    public static IReadOnlyList<RetentionEntry> Parse(string text) =>
        JsonSerializer.Deserialize(text, RetentionJson.Default.IReadOnlyListRetentionEntry)
            ?? throw new JsonException("the page is empty");

    /// <summary>Adds a place. It is made when it is first asked, once the process is ready.</summary>
    public static IServiceCollection AddRetentionSource(
        this IServiceCollection services, Func<IServiceProvider, IRetentionSource> source) =>
        services.AddSingleton(source);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<RetentionEntry>))]
internal sealed partial class RetentionJson : JsonSerializerContext;
