// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Console.Routing;

/// <summary>Where to go on to, as somebody else wrote it: a path of this console or its first page, never another
/// site.</summary>
internal static class LocalPath
{
    public const string First = "/";

    private const int MaxLength = 1_000;

    /// <summary>The path, or the first page where it is none of ours.</summary>
    public static string From(string? to) => to is { Length: > 0 and <= MaxLength } && IsLocal(to) ? to : First;

    /// <summary>One stroke in front, no second and no backslash behind it (browsers read both as another host), and
    /// visible ASCII alone.</summary>
    private static bool IsLocal(string to) =>
        to[0] == '/' && (to.Length == 1 || to[1] is not ('/' or '\\'))
            && to.All(c => c is > ' ' and <= '~' and not '\\');
}
