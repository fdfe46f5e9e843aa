// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Hosting.Files;

namespace Weir.Hosting.Channels;

/// <summary>Secrets, which lie in files and nowhere else. Never in a message.</summary>
public static class SecretFile
{
    private const int Largest = 64 << 10;

    /// <summary>The first line of a file.</summary>
    /// <exception cref="ChannelException">It cannot be read or is empty.</exception>
    public static string Line(string? path, string what)
    {
        var text = Encoding.UTF8.GetString(Octets(path, what));
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        return (end < 0 ? text : text[..end]) is { Length: > 0 } line
            ? line
            : throw Cannot(path, what, "its first line is empty");
    }

    /// <summary>All octets but a line break at the end.</summary>
    /// <exception cref="ChannelException">It cannot be read or is too short.</exception>
    public static byte[] Key(string? path, string what, int least)
    {
        var octets = Octets(path, what);
        octets = octets is [.., (byte)'\n'] ? octets[..^1] : octets;
        return octets.Length >= least
            ? octets
            : throw Cannot(path, what, FormattableString.Invariant($"it has {octets.Length} octets and needs {least}"));
    }

    private static byte[] Octets(string? path, string what)
    {
        try
        {
            return path is null
                ? throw Cannot("(none)", what, "no file is named") : OrdinaryFile.Read(path, Largest);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Cannot(path, what, fault.Message, fault);
        }
    }

    private static ChannelException Cannot(string? path, string what, string why, Exception? inner = null) =>
        new($"{what} in {path} cannot be read: {why}; write it there, for this user alone", isForGood: false, inner);
}
