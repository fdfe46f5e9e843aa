// SPDX-License-Identifier: Apache-2.0
//
// How much of a minute earns a subject a block of detail: what half the lowest floor in force lets through in a bin.
// Whoever is above a floor for three bins has passed this in his first.
namespace Weir.Collector.Detecting;

/// <summary>Limits on <see cref="SubjectCounters"/>, in its units.</summary>
internal readonly record struct FirstStageThresholds
{
    private const double Seconds = 5;
    private const double UnitOctets = 256;

    public FirstStageThresholds(DetectingOptions options, double lowestLineRate)
    {
        Floors[] all = [options.Floors, .. options.FloorsByGroup().Values];
        var line = lowestLineRate > 0 ? lowestLineRate * options.LineShare : double.PositiveInfinity;
        PacketsOut = Limit(all.Min(f => f.Out) * Seconds, uint.MaxValue);
        OctetsOut = Limit(line / 8 * Seconds / UnitOctets, uint.MaxValue);
        BareSyn = (ushort)Limit(all.Min(f => f.Syn) * Seconds, ushort.MaxValue);
        ReflectedOut = (ushort)Limit(all.Min(f => f.Reflection) / 8.0 * Seconds / UnitOctets, ushort.MaxValue);
        PacketsIn = Limit(all.Min(f => f.In) * Seconds, uint.MaxValue);
        OctetsIn = Limit(Math.Min(line, all.Min(f => f.InBits)) / 8 * Seconds / UnitOctets, uint.MaxValue);
        SmtpConnections = (ushort)Limit(options.MailConnections / 2.0, ushort.MaxValue);
        Tries = (ushort)Limit(options.ScanTargets / 4.0, ushort.MaxValue);
        Spoofed = Limit(options.SpoofedPackets / 4, uint.MaxValue);
    }

    public uint PacketsOut { get; }

    public uint OctetsOut { get; }

    public ushort BareSyn { get; }

    public ushort ReflectedOut { get; }

    public uint PacketsIn { get; }

    public uint OctetsIn { get; }

    public ushort SmtpConnections { get; }

    public ushort Tries { get; }

    public uint Spoofed { get; }

    private static uint Limit(double value, uint most) => (uint)Math.Clamp(value, 1, most);
}
