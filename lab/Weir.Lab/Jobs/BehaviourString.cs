// SPDX-License-Identifier: Apache-2.0
//
// Stratosphere's behaviour strings (Garcia, "Identifying, Modeling and Detecting Botnet Behaviors in the Network", 2014): a
// letter is one flow; its alphabet block says how periodic it was (a strongly, A weakly, r not, R never), its place in the
// block size and duration; the sign behind it the gap to the next one: . to 5 s, ',' to 60 s, + to 5 min, * to 1 h, each 0
// an hour more. Digits open a string before a period is known. A strongly periodic letter keeps its gap; others draw it
// log-uniformly within the sign's class. Absolute times are not told, so a string begins at a drawn time.
namespace Weir.Lab.Jobs;

/// <summary>One flow of a string.</summary>
/// <param name="AfterMs">From the string's begin.</param>
/// <param name="Shape">Size and duration by its letter.</param>
internal readonly record struct BehaviourFlow(long AfterMs, Shape Shape);

/// <summary>One four-tuple of a capture.</summary>
/// <param name="Source">The host.</param>
/// <param name="Remote">The other end.</param>
/// <param name="Port">Its port.</param>
/// <param name="Protocol">6 or 17.</param>
/// <param name="State">The string.</param>
/// <param name="Label">As published.</param>
internal sealed record BehaviourTuple(
    string Source, Wire.IpKey Remote, ushort Port, byte Protocol, string State, string Label)
{
    public bool IsAttempt => Label.Contains("Attempt", StringComparison.Ordinal);

    public bool IsCommand => Label.Contains("-CC", StringComparison.Ordinal);

    public bool IsAdvert => Label.Contains("-Ad", StringComparison.Ordinal);
}

/// <summary>Reads strings.</summary>
internal static class BehaviourString
{
    private const int Fields = 9;

    private static readonly (double Least, double Most)[] Gaps = [(0.5, 5), (5, 60), (60, 300), (300, 3_600)];

    private static readonly int[] Octets = [200, 1_600, 24_000];
    private static readonly int[] Durations = [200, 4_000, 30_000];

    /// <summary>The bots' TCP and UDP tuples of a capture.</summary>
    /// <exception cref="InvalidDataException">A row has not nine fields, or the capture has no bot.</exception>
    public static IReadOnlyList<BehaviourTuple> Read(string path, string capture)
    {
        var tuples = new List<BehaviourTuple>();
        foreach (var (at, line) in File.ReadLines(path).Index())
        {
            var fields = line.Split('|');
            if (fields.Length != Fields)
            {
                throw new InvalidDataException(
                    $"{path}:{at + 1}: {fields.Length} fields where a behaviour string has {Fields}; give the unpacked file");
            }

            if (fields[7] == capture && fields[6] == "botnet" && fields[3] is ("tcp" or "udp")
                && ushort.TryParse(fields[2], out var port) && Wire.IpKey.TryParse(fields[1], out var remote))
            {
                tuples.Add(new(
                    fields[0], remote, port, fields[3] == "tcp" ? (byte)6 : (byte)17, fields[4], fields[5]));
            }
        }

        return tuples.Count > 0 ? tuples : throw new InvalidDataException($"{path} has no bot of capture '{capture}'");
    }

    /// <summary>A string's flows from its begin.</summary>
    public static List<BehaviourFlow> Flows(string state, Dice dice)
    {
        var flows = new List<BehaviourFlow>();
        double at = 0;
        double period = 0;
        for (var i = 0; i < state.Length;)
        {
            var letter = state[i++];
            if (!char.IsAsciiLetter(letter) && letter is < '1' or > '9')
            {
                continue;
            }

            flows.Add(new((long)(at * 1_000), ShapeOf(letter)));
            var (gap, signed) = (0.0, false);
            for (; i < state.Length && state[i] is '.' or ',' or '+' or '*' or '0'; i++)
            {
                var kind = ".,+*".IndexOf(state[i], StringComparison.Ordinal);
                gap += kind < 0 ? 3_600 : Step(Gaps[kind], letter is >= 'a' and <= 'i', ref period, dice);
                signed = true;
            }

            at += signed ? gap : dice.Between(1, 5);
        }

        return flows;
    }

    private static double Step((double Least, double Most) gap, bool keeps, ref double period, Dice dice)
    {
        if (keeps && period >= gap.Least && period <= gap.Most)
        {
            return period * dice.Between(0.98, 1.02);
        }

        return period = Math.Exp(dice.Between(Math.Log(gap.Least), Math.Log(gap.Most)));
    }

    private static Shape ShapeOf(char letter)
    {
        var block = letter switch
        {
            >= 'a' and <= 'i' => letter - 'a',
            >= 'A' and <= 'I' => letter - 'A',
            >= 'r' and <= 'z' => letter - 'r',
            >= 'R' and <= 'Z' => letter - 'R',
            _ => 0,
        };
        var octets = Octets[block / 3];
        var packets = 4 + (octets / 1_200);
        return new(packets, octets / 4 / packets, octets * 3 / 4 / packets, Durations[block % 3], 0);
    }
}
