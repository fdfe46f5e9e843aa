// SPDX-License-Identifier: Apache-2.0
using Weir.Flows;
using Weir.Wire;

namespace Weir.Attributing;

/// <summary>Names subjects under the key of the epoch in which they were seen. One instance per thread.</summary>
public sealed class SubjectNames
{
    private const long DayMs = 86_400_000;

    private readonly Func<uint, Pseudonymiser> _make;
    private uint _epoch = uint.MaxValue;
    private Pseudonymiser? _current;

    private SubjectNames(Func<uint, Pseudonymiser> make) => _make = make;

    /// <summary>Subjects in clear, for the <c>lab</c> profile alone.</summary>
    public static SubjectNames InClear() => new(_ => Pseudonymiser.InClear());

    /// <summary>One key for everything: <c>weir analyze</c>.</summary>
    public static SubjectNames UnderKey(byte[] key) => new(_ => Pseudonymiser.UnderKey(key));

    public static SubjectNames ByEpoch(IEpochKeySource keys) => new(epoch => Pseudonymiser.UnderKeyOf(keys, epoch));

    /// <summary>The pseudonymiser for a UTC day, counted since the UNIX epoch.</summary>
    public Pseudonymiser On(uint day)
    {
        var epoch = Epochs.OfDay(day);
        if (_current is null || epoch != _epoch)
        {
            _current?.Dispose();
            (_current, _epoch) = (_make(epoch), epoch);
        }

        return _current;
    }

    public SubjectKey Name(IpKey subject, long atMs) => On((uint)(atMs / DayMs)).Name(subject);
}
