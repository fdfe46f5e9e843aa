// SPDX-License-Identifier: Apache-2.0
//
// What peers send is exactly what the types say: no member unknown, missing, null or given twice.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Hosting.Peers;

internal static class JsonStrictness
{
    /// <exception cref="ArgumentException">The options are lenient: a fault of this program, seen when it starts.
    /// </exception>
    public static void Require(JsonSerializerOptions options, string route)
    {
        if (options is not
            {
                UnmappedMemberHandling: JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties: false,
                PropertyNameCaseInsensitive: false, RespectNullableAnnotations: true,
                RespectRequiredConstructorParameters: true,
            })
        {
            throw new ArgumentException(
                $"{route}: its JSON context must have [JsonSourceGenerationOptions(JsonSerializerDefaults.Strict)]");
        }
    }
}
