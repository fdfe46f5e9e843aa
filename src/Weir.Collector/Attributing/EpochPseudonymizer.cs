// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Collector.Attributing;

/// <summary>Names subjects under the key of the epoch in which they were seen. One instance per thread.</summary>
public sealed class EpochPseudonymizer
{
    public const long DayMs = 86_400_000;

    private readonly Func<uint, Pseudonymizer> _make;
    private uint _epoch = uint.MaxValue;
    private Pseudonymizer? _current;

    private EpochPseudonymizer(Func<uint, Pseudonymizer> make) => _make = make;

    /// <summary>Subjects in clear, for the <c>lab</c> profile alone.</summary>
    public static EpochPseudonymizer InClear() => new(_ => Pseudonymizer.InClear());

    /// <summary>One key for everything: <c>weir analyze</c>.</summary>
    public static EpochPseudonymizer UnderKey(byte[] key) => new(_ => Pseudonymizer.UnderKey(key));

    public static EpochPseudonymizer ByEpoch(IEpochKeySource keys) =>
        new(epoch => Pseudonymizer.UnderKeyOf(keys, epoch));

    /// <summary>The pseudonymiser for a UTC day, counted since the UNIX epoch.</summary>
    public Pseudonymizer On(uint day)
    {
        var epoch = Epochs.OfDay(day);
        if (_current is null || epoch != _epoch)
        {
            _current?.Dispose();
            (_current, _epoch) = (_make(epoch), epoch);
        }

        return _current;
    }

    public SubjectKey Pseudonymize(IpKey subject, long atMs) => On((uint)(atMs / DayMs)).Pseudonymize(subject);
}
