// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Collecting.Files;

/// <summary>What an input file holds: exports to decode, or flows already.</summary>
public enum InputKind
{
    Datagrams,
    Flows,
}

/// <summary>How to read what a file does not say itself.</summary>
public sealed record InputOptions
{
    public static InputOptions Default { get; } = new();

    /// <summary>
    /// Columns of a table by what they mean: <c>source → "Src IP"</c>. Meanings: source, destination, source_port,
    /// destination_port, protocol, start, end, duration_seconds, duration_milliseconds, duration_microseconds, packets,
    /// octets, reverse_packets, reverse_octets, total_packets, total_octets, tcp_flags, reverse_tcp_flags.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>What times written without a zone are ahead of UTC; zero takes them as UTC.</summary>
    public TimeSpan UtcOffset { get; init; }

    /// <summary>The program that unpacks xz.</summary>
    public string Xz { get; init; } = "xz";

    /// <summary>The program that reads nfdump files.</summary>
    public string Nfdump { get; init; } = "nfdump";
}

/// <summary>An input that cannot be read: one sentence that names the thing, the place and the mend
/// (exit code 3).</summary>
public sealed class InputException : Exception
{
    public InputException(string message)
        : base(message)
    {
    }

    public InputException(string message, Exception cause)
        : base(message, cause)
    {
    }

    public InputException()
    {
    }
}
