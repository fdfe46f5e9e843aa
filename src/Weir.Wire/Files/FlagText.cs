// SPDX-License-Identifier: Apache-2.0
//
// TCP flags as flow tools write them. Zeek's history has a letter per event, upper case from the originator; where
// there is no history (or only checksum faults) its conn_state still tells how the connection went. Argus writes the
// flags of both sides around an underscore. nfdump writes one letter or dot per flag.
//
// Sources: Zeek documentation, base/protocols/conn; ra(1) of Argus; nfdump(1).
using System.Text;

namespace Weir.Wire.Files;

/// <summary>TCP flags of both directions; <see cref="Known"/> = the text told something.</summary>
public readonly record struct FlagPair(byte Forward, byte Reverse, bool Known);

/// <summary>Reads TCP flags off text.</summary>
public static class FlagText
{
    private const byte Fin = 1;
    private const byte Syn = 2;
    private const byte Rst = 4;
    private const byte Psh = 8;
    private const byte Ack = 16;

    /// <summary>Zeek's history, for example <c>ShADadfF</c>; not known where no letter speaks of flags.</summary>
    public static FlagPair ZeekHistory(ReadOnlySpan<byte> history)
    {
        byte forward = 0;
        byte reverse = 0;
        foreach (var letter in history)
        {
            byte flags = (letter | 0x20) switch
            {
                's' => Syn,
                'h' => Syn | Ack,
                'a' or 'w' => Ack,
                'd' or 't' => Psh | Ack,
                'f' => Fin | Ack,
                'r' => Rst,
                'i' => Fin | Rst,
                _ => 0,
            };
            if (letter < 'a')
            {
                forward |= flags;
            }
            else
            {
                reverse |= flags;
            }
        }

        return new(forward, reverse, (forward | reverse) != 0);
    }

    /// <summary>Zeek's conn_state; <c>OTH</c> and the unset mark tell nothing.</summary>
    public static FlagPair ZeekState(ReadOnlySpan<byte> state) => state switch
    {
        [(byte)'S', (byte)'0'] => new(Syn, 0, true),
        [(byte)'S', (byte)'1'] => new(Syn | Ack, Syn | Ack, true),
        [(byte)'S', (byte)'2'] => new(Syn | Ack | Fin, Syn | Ack, true),
        [(byte)'S', (byte)'3'] => new(Syn | Ack, Syn | Ack | Fin, true),
        [(byte)'S', (byte)'F'] => new(Syn | Ack | Fin, Syn | Ack | Fin, true),
        [(byte)'S', (byte)'H'] => new(Syn | Fin, 0, true),
        [(byte)'R', (byte)'E', (byte)'J'] => new(Syn, Rst | Ack, true),
        [(byte)'S', (byte)'H', (byte)'R'] => new(0, Syn | Ack | Fin, true),
        [(byte)'R', (byte)'S', (byte)'T', (byte)'O'] => new(Syn | Ack | Rst, Syn | Ack, true),
        [(byte)'R', (byte)'S', (byte)'T', (byte)'R'] => new(Syn | Ack, Syn | Ack | Rst, true),
        [(byte)'R', (byte)'S', (byte)'T', (byte)'O', (byte)'S', (byte)'0'] => new(Syn | Rst, 0, true),
        [(byte)'R', (byte)'S', (byte)'T', (byte)'R', (byte)'H'] => new(0, Syn | Ack | Rst, true),
        _ => default,
    };

    /// <summary>Argus, for example <c>FSPA_FSRPA</c>; states without an underscore (<c>CON</c>, <c>INT</c>)
    /// tell no flags.</summary>
    public static FlagPair Argus(ReadOnlySpan<byte> state)
    {
        var bar = state.IndexOf((byte)'_');
        return bar >= 0 && TryLetters(state[..bar], out var forward) && TryLetters(state[(bar + 1)..], out var reverse)
            ? new(forward, reverse, (forward | reverse) != 0)
            : default;
    }

    /// <summary>nfdump's letters and dots, a decimal number, or 0x and hexadecimal digits.</summary>
    public static bool TryOne(ReadOnlySpan<byte> text, out byte flags)
    {
        flags = 0;
        if (text.StartsWith("0x"u8))
        {
            var hex = TextNumber.TryHex(text[2..], out var value);
            flags = (byte)value;
            return hex;
        }

        if (TextNumber.TryUnsigned(text, out var number))
        {
            flags = (byte)number;
            return number <= ushort.MaxValue;
        }

        return TryLetters(text, out flags);
    }

    private static bool TryLetters(ReadOnlySpan<byte> letters, out byte flags)
    {
        flags = 0;
        foreach (var letter in letters)
        {
            var bit = letter switch
            {
                (byte)'F' => Fin,
                (byte)'S' => Syn,
                (byte)'R' => Rst,
                (byte)'P' => Psh,
                (byte)'A' => Ack,
                (byte)'U' => 32,
                (byte)'E' => 64,
                (byte)'C' => 128,
                (byte)'.' or (byte)'X' => 0,
                _ => -1,
            };
            if (bit < 0)
            {
                return false;
            }

            flags |= (byte)bit;
        }

        return true;
    }

    private static readonly string[] _refusals =
        ["reject", "rejected", "deny", "denied", "drop", "dropped", "block", "blocked"];

    /// <summary>Whether a word of a firewall or cloud says that it did not let something pass.</summary>
    public static bool IsRefusal(ReadOnlySpan<byte> text)
    {
        foreach (var refusal in _refusals)
        {
            if (Ascii.EqualsIgnoreCase(text.Trim((byte)' '), refusal))
            {
                return true;
            }
        }

        return false;
    }
}
