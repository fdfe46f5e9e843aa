// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Api.Routing;

/// <summary>Reasons that one person gives for what reaches far. Somebody reads them later, so one word is
/// none.</summary>
internal static class ApiReasons
{
    /// <summary>Fewest words of a reason.</summary>
    public const int LeastWords = 3;

    /// <summary>The reason, where it says something.</summary>
    /// <param name="given">As it was given.</param>
    /// <param name="what">What it is for, as a sentence begins with it.</param>
    /// <exception cref="ApiRefusalException">It has fewer than <see cref="LeastWords"/> words.</exception>
    public static string Require(string? given, string what) =>
        given?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length >= LeastWords
            ? given
            : throw ApiRefusalException.BadRequest(FormattableString.Invariant(
                $"{what} lacks its reason; write why, in {LeastWords} words at least"));
}
