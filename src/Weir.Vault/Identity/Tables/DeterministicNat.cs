// SPDX-License-Identifier: Apache-2.0
//
// A carrier's NAT that gives ports by rule keeps no log: who had a port follows from the settings alone. The inside
// addresses are counted in order; the first so many share the first outside address, each with a block of equal size,
// or every outside address in turn gets one of them. Reserved ports below the first are nobody's. Blocks that are given
// later, when one's own is used up (RFC 7422 §2, dynamic blocks), are logged and come as port-block records.
//
// Standards: RFC 7422 §2 (algorithm), §4 (settings change: hence the epochs).
using System.Globalization;
using Weir.Vault.Identity.Cgnat;
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <summary>In which order inside addresses are spread.</summary>
public enum NatOrder : byte
{
    /// <summary>The first outside address is filled before the second.</summary>
    Sequential,

    /// <summary>Neighbours inside go to neighbouring outside addresses.</summary>
    Staggered,
}

/// <summary>One translation by rule, for as long as its settings were in force.</summary>
public sealed class DeterministicNat
{
    private readonly IpKey[] _outside;
    private readonly Dictionary<IpKey, int> _index;

    /// <param name="inside">Inside network, IPv4.</param>
    /// <param name="outside">Outside networks, IPv4, in the order in which they are filled.</param>
    /// <param name="excluded">Outside addresses that are not used.</param>
    /// <param name="firstPort">First port given out; those below are reserved.</param>
    /// <param name="lastPort">Last port given out.</param>
    /// <param name="portsEach">Ports of one inside address; 0 = as many as the ratio allows.</param>
    /// <param name="order">Order of spreading.</param>
    /// <param name="fromMs">In force since, milliseconds since the UNIX epoch.</param>
    /// <param name="untilMs">In force until, exclusive.</param>
    /// <exception cref="ArgumentException">The settings cannot serve every inside address.</exception>
    public DeterministicNat(
        Prefix inside, IReadOnlyList<Prefix> outside, IReadOnlyList<Prefix>? excluded = null, ushort firstPort = 1024,
        ushort lastPort = 65_535, int portsEach = 0, NatOrder order = NatOrder.Sequential, long fromMs = 0,
        long untilMs = long.MaxValue)
    {
        if (!inside.IsV4 || inside.WrittenLength < 8 || outside.Count == 0
            || outside.Any(o => !o.IsV4 || o.WrittenLength < 12) || lastPort < firstPort)
        {
            throw new ArgumentException($"deterministic NAT of {inside} needs an IPv4 inside network (/8 or longer), "
                + "outside networks (/12 or longer) and a first port not above the last");
        }

        _outside = [.. outside.SelectMany(Addresses)
            .Where(a => excluded is null || !excluded.Any(e => e.Contains(a))).Distinct()];
        _index = _outside.Index().ToDictionary(o => o.Item, o => o.Index);
        Inside = inside;
        (FirstPort, LastPort, Order, FromMs, UntilMs) = (firstPort, lastPort, order, fromMs, untilMs);
        var lines = 1L << (32 - inside.WrittenLength);
        var ports = lastPort - firstPort + 1;
        var share = _outside.Length == 0 ? 0 : (lines + _outside.Length - 1) / _outside.Length;
        PortsEach = portsEach > 0 ? portsEach : share == 0 ? 0 : (int)(ports / share);
        LinesEach = PortsEach == 0 ? 0 : Math.Min(ports / PortsEach, portsEach > 0 ? int.MaxValue : (int)share);
        if (LinesEach == 0 || (long)LinesEach * _outside.Length < lines)
        {
            throw new ArgumentException($"deterministic NAT of {inside}: {lines} inside addresses do not fit on "
                + $"{_outside.Length} outside addresses with ports {firstPort} to "
                + $"{lastPort}{(portsEach > 0 ? $" and {portsEach} each" : "")}; add outside "
                + "networks or give fewer ports each");
        }
    }

    /// <exception cref="ArgumentException">The settings cannot serve every inside address.</exception>
    internal static DeterministicNat From(DeterministicNatOptions settings) => new(
        settings.Inside, settings.Outside, settings.Excluded, settings.FirstPort, settings.LastPort,
        settings.PortsEach, settings.Order, Moment(settings.From, 0), Moment(settings.Until, long.MaxValue));

    public Prefix Inside { get; }

    public ushort FirstPort { get; }

    public ushort LastPort { get; }

    /// <summary>Ports of one inside address.</summary>
    public int PortsEach { get; }

    /// <summary>Inside addresses on one outside address: the compression ratio.</summary>
    public int LinesEach { get; }

    public NatOrder Order { get; }

    public long FromMs { get; }

    public long UntilMs { get; }

    /// <summary>Outside addresses in use.</summary>
    public IReadOnlyList<IpKey> Outside => _outside;

    public bool IsActiveAt(long atMs) => atMs >= FromMs && atMs < UntilMs;

    /// <summary>The outside address and ports of an inside address; false where it is not of the
    /// inside network.</summary>
    public bool TryOutside(IpKey inside, out IpKey outside, out ushort portFrom, out ushort portTo)
    {
        outside = default;
        portFrom = portTo = 0;
        if (!Inside.Contains(inside))
        {
            return false;
        }

        var line = (long)(inside.V4 - Inside.Network.V4);
        var (address, block) = Order == NatOrder.Sequential
            ? (line / LinesEach, line % LinesEach)
            : (line % _outside.Length, line / _outside.Length);
        outside = _outside[address];
        portFrom = (ushort)(FirstPort + (block * PortsEach));
        portTo = (ushort)(portFrom + PortsEach - 1);
        return true;
    }

    /// <summary>The inside address behind an outside address and port; false where the port is nobody's.</summary>
    public bool TryInside(IpKey outside, ushort port, out IpKey inside)
    {
        inside = default;
        var address = Index(outside);
        if (address < 0 || port < FirstPort || port > LastPort)
        {
            return false;
        }

        var block = (port - FirstPort) / PortsEach;
        var line = Order == NatOrder.Sequential
            ? ((long)address * LinesEach) + block
            : ((long)block * _outside.Length) + address;
        if (block >= LinesEach || line >= 1L << (32 - Inside.WrittenLength))
        {
            return false;
        }

        inside = IpKey.FromV4((uint)(Inside.Network.V4 + line));
        return true;
    }

    /// <summary>Whether an address is one of the outside ones.</summary>
    public bool Uses(IpKey outside) => Index(outside) >= 0;

    private static long Moment(string? text, long otherwise) =>
        text is null ? otherwise
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUnixTimeMilliseconds()
        : throw new ArgumentException($"'{text}' is no time; write it as 2026-11-01T00:00:00Z");

    private int Index(IpKey outside) => _index.TryGetValue(outside, out var index) ? index : -1;

    private static IEnumerable<IpKey> Addresses(Prefix network)
    {
        for (long i = network.Network.V4; i <= network.Last.V4; i++)
        {
            yield return IpKey.FromV4((uint)i);
        }
    }
}
