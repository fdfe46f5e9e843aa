// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Api.Routing;

/// <summary>Filters that take one word of a few. A word that is none of them would find nothing, which reads as if
/// there were nothing to find.</summary>
internal static class ApiWords
{
    /// <summary>Refuses a word that no row can have.</summary>
    /// <param name="call">The request.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="words">All that there are.</param>
    /// <param name="several">It takes several, with commas between.</param>
    /// <exception cref="ApiRefusalException">It is none of them; the message names them.</exception>
    public static void Require(ApiCall call, string name, IReadOnlyCollection<string> words, bool several = false)
    {
        if (call.Query(name) is not { } given)
        {
            return;
        }

        if ((several ? given.Split(',') : [given]).FirstOrDefault(word => !words.Contains(word)) is { } wrong)
        {
            throw ApiRefusalException.BadRequest($"{name} '{wrong}' is none; "
                + (words.Count == 0 ? "there is none now" : $"there are {string.Join(", ", words)}"));
        }
    }
}
