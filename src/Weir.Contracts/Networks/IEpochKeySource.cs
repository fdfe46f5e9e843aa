// SPDX-License-Identifier: Apache-2.0
//
// Epochs and the keys under which subjects are named in them (rules.md R8): an epoch is seven UTC days, its key is
// erased seven days after its end. The vault makes and erases keys; the lanes hold them in memory alone.
namespace Weir.Contracts.Networks;

/// <summary>The calendar of epochs, counted since the UNIX epoch.</summary>
public static class Epochs
{
    public const uint DaysPerEpoch = 7;
    public const long Ms = DaysPerEpoch * DayMs;

    /// <summary>9000-01-01, milliseconds since the UNIX epoch: nothing that is told of is later, and what is reckoned
    /// from it stays in the calendar.</summary>
    public const long LatestMs = 221_845_392_000_000;

    /// <summary>The last epoch that anybody may name.</summary>
    public const uint Latest = (uint)(LatestMs / Ms);

    /// <summary>The last day that anybody may name, counted since the UNIX epoch.</summary>
    public const uint LatestDay = (uint)(LatestMs / DayMs);

    private const long DayMs = 86_400_000;

    /// <summary>Epoch of a UTC day since the UNIX epoch.</summary>
    public static uint OfDay(uint day) => day / DaysPerEpoch;

    /// <summary>Epoch of a moment, milliseconds since the UNIX epoch; what lies before that counts to
    /// the first one.</summary>
    public static uint At(long ms) => ms < 0 ? 0 : (uint)Math.Min(uint.MaxValue, ms / Ms);

    public static uint At(DateTimeOffset when) => At(when.ToUnixTimeMilliseconds());

    /// <summary>First moment of an epoch.</summary>
    public static DateTimeOffset BeginOf(uint epoch) => DateTimeOffset.UnixEpoch.AddDays((double)epoch * DaysPerEpoch);

    /// <summary>When its key is erased: seven days after its end.</summary>
    public static DateTimeOffset ErasedAt(uint epoch) => BeginOf(epoch).AddDays(2 * DaysPerEpoch);
}

/// <summary>Gives the keys of epochs. Safe for any thread.</summary>
public interface IEpochKeySource
{
    /// <summary>Whether <see cref="GetKey"/> answers now, and still will when what is in memory has been written out.
    /// Asked for every flow: costs next to nothing.</summary>
    bool Has(uint epoch);

    /// <summary>The key of an epoch: 32 octets, a copy that the caller clears.</summary>
    /// <exception cref="EpochKeyException">There is none: not yet, or no more.</exception>
    byte[] GetKey(uint epoch);

    /// <summary>Key of the epoch's draw of the control cohort, another one than that of the names (R8).</summary>
    /// <exception cref="EpochKeyException">There is none.</exception>
    ulong CohortOf(uint epoch);
}

/// <summary>There is no key of an epoch; the message says why.</summary>
public sealed class EpochKeyException(string message, Exception? inner = null) : Exception(message, inner);
