// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Collector.Corroborating;

/// <summary>Whether an exporter's word is corroborated, for whoever looks after it. Times are milliseconds since the
/// UNIX epoch.</summary>
/// <param name="Continued">Messages that continued a stream.</param>
/// <param name="Corroborated">Those among them whose stream had earned its standing.</param>
/// <param name="Strays">Messages that continued none, or had numbers that were told before in other octets.</param>
/// <param name="Copies">Messages that came twice, octet for octet.</param>
/// <param name="ContestedMs">When two senders went on with one sequence last; 0 = never.</param>
/// <param name="Standing">Streams that are corroborated now.</param>
/// <param name="EarnedAfterMs">How long a stream has to go on.</param>
public sealed record StreamFigures(
    long Continued, long Corroborated, long Strays, long Copies, long ContestedMs, int Standing, long EarnedAfterMs)
{
    /// <summary>Streams that went on for long enough and have to be named first, for another is still heard.</summary>
    public int Further { get; init; }

    /// <summary>Fewer messages say nothing of how an exporter numbers them.</summary>
    private const long Telling = 20;

    /// <summary>Whether, after so long, no stream of it has earned its standing because its messages do not continue
    /// each other: another port each time, or numbers that do not count what the protocol says.</summary>
    public bool CanNever(long heardForMs) =>
        Standing == 0 && heardForMs >= EarnedAfterMs && Continued + Strays >= Telling && Strays * 2 > Continued
            + Strays;

    /// <summary>In a word: <c>corroborated</c>, <c>contested</c>, <c>further</c>, <c>never</c> or <c>new</c>.</summary>
    /// <param name="heardForMs">From its first datagram to its last.</param>
    /// <param name="lastMs">Its last datagram.</param>
    public string ToWord(long heardForMs, long lastMs) =>
        ContestedMs != 0 && lastMs - ContestedMs < EarnedAfterMs ? "contested"
        : Further > 0 ? "further"
        : Standing > 0 ? "corroborated"
        : CanNever(heardForMs) ? "never"
        : "new";

    /// <summary>What an operator should know; empty where all is well.</summary>
    public static string Explain(string word, long strays) => word switch
    {
        "contested" =>
            "two senders go on with one of its sequences, so that what it tells is sealed: find out who else sends "
            + "from its address",
        "never" => string.Create(
            CultureInfo.InvariantCulture,
            $"its messages do not continue each other ({strays} did not), so nothing it tells can be corroborated: "
                + $"have it send from one port and number its messages as its protocol says, or update it"),
        "further" =>
            "a further stream of it is not named, while one that was corroborated before is still heard: what that "
            + "stream tells is sealed; if it is true, add its domain or its port to collecting.exporters",
        "new" => "no stream of it has gone on for long enough: what it tells gives sealed grounds until then",
        _ => "",
    };
}
