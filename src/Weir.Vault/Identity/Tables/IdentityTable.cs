// SPDX-License-Identifier: Apache-2.0
//
// Who had an address at a time. What sources tell becomes holdings (Tables/Holding.cs); an answer gathers what the
// holdings of an address say about the moment. On a carrier's NAT the port leads to an inside address first, by block
// or by rule, and the inside address to its line. The most specific network that says anything wins; RADIUS comes
// before DHCP, and both before the address plan.
//
// Bounded: holdings beyond the limit are refused; those whose end is older than the retention go. One lock, held for
// microseconds: the askers are few.
using Weir.Hosting.Erasing;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Ipam;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Tables;

/// <summary>The identity tables in memory.</summary>
public sealed partial class IdentityTable : IIdentity
{
    /// <summary>Clocks of exporters run ahead; a moment this far in the future is still asked as now.</summary>
    private const long AheadMs = 300_000;

    private readonly Lock _gate = new();
    private readonly IdentityTableOptions _terms;
    private readonly DeterministicNat[] _nats;
    private readonly TimeProvider _time;
    private readonly ErasureClock? _erasing;
    private readonly AddressLeasePool _pool;
    private readonly AddressIndex _spaces;
    private readonly InternPool<SubscriberLineName> _lines = new();
    private readonly InternPool<UInt128> _insides = new();
    private readonly List<int> _firstBlock = [];
    private AddressPlan _plan = AddressPlan.Empty;
    private long _planVersion;
    private long _version;

    /// <param name="terms">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="erasing">The time by which is forgotten; null for the clock.</param>
    public IdentityTable(IdentityTableOptions terms, TimeProvider time, ErasureClock? erasing = null)
    {
        (_terms, _time, _erasing) = (terms, time, erasing);
        _nats = [.. terms.DeterministicNat.Select(DeterministicNat.From)];
        _pool = new AddressLeasePool(terms.MaxHoldings);
        _spaces = new AddressIndex(_pool);
    }

    public long Version => Interlocked.Read(ref _version);

    /// <summary>Holdings kept now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _pool.Count;
            }
        }
    }

    internal long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    internal long CutoffMs => (_erasing?.Now.ToUnixTimeMilliseconds() ?? NowMs) - _terms.RetentionMs;

    internal long RetentionMs => _terms.RetentionMs;

    public IdentityAnswer WhoHad(IpKey address, ushort? port, long atMs, byte protocol = 0)
    {
        var now = NowMs;
        if (atMs < now - _terms.RetentionMs || atMs > now + AheadMs)
        {
            return new IdentityAnswer.None(Unattributable.OutsideRetention);
        }

        lock (_gate)
        {
            return Answer(address, port, protocol, atMs, now - _terms.RetentionMs);
        }
    }

    private IdentityAnswer Answer(IpKey address, ushort? port, byte protocol, long atMs, long cutoff)
    {
        if (IsShared(address, atMs))
        {
            if (port is not { } known)
            {
                return new IdentityAnswer.None(Unattributable.CgnatNeedsPort);
            }

            if (ByPort(address, known, protocol, atMs, cutoff) is { } answer)
            {
                return answer;
            }
        }

        return ByNetwork(address, atMs, cutoff) ?? new IdentityAnswer.None(
            _terms.Networks.Count > 0 && !Contains(_terms.Networks, address)
                ? Unattributable.UnknownNetwork
                : Unattributable.NoLease);
    }

    private bool IsShared(IpKey address, long atMs)
    {
        if (_spaces.HasBlocks(address) || Contains(_terms.Shared, address))
        {
            return true;
        }

        foreach (var nat in _nats)
        {
            if (nat.IsActiveAt(atMs) && nat.Uses(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>By block, then by rule; null where neither knows the port.</summary>
    private IdentityAnswer? ByPort(IpKey address, ushort port, byte protocol, long atMs, long cutoff)
    {
        var moment = new PointInTimeLookup(atMs);
        _spaces.GatherBlocks(address, port, protocol, ref moment);
        var verdict = moment.Judge(_pool);
        if (verdict is LeaseCertainty.Confirmed or LeaseCertainty.Presumed)
        {
            ref var block = ref _pool[moment.Id];
            var confirmed = verdict == LeaseCertainty.Confirmed;
            return block.Who >= 0
                ? Line(in block, confirmed, cutoff)
                : Chained(new IpKey(_insides[~block.Who]), atMs, cutoff, (block.Span.Begin, block.Span.End), confirmed);
        }

        if (verdict != LeaseCertainty.Nothing)
        {
            return Reason(verdict);
        }

        foreach (var nat in _nats)
        {
            if (nat.IsActiveAt(atMs) && nat.TryInside(address, port, out var inside))
            {
                return Chained(inside, atMs, cutoff, (nat.FromMs, nat.UntilMs), confirmed: true);
            }
        }

        return null;
    }

    /// <summary>From an inside address to its line, not longer than the translation lasted.</summary>
    private IdentityAnswer Chained(
        IpKey inside, long atMs, long cutoff, (long FromMs, long UntilMs) span, bool confirmed)
    {
        var answer = ByNetwork(inside, atMs, cutoff);
        return answer switch
        {
            IdentityAnswer.Line line => line with
            {
                FromMs = Math.Max(line.FromMs, Math.Max(span.FromMs, cutoff)),
                UntilMs = Math.Min(line.UntilMs, span.UntilMs),
                IsConfirmed = line.IsConfirmed && confirmed,
            },
            IdentityAnswer.None none => none,
            _ => new IdentityAnswer.None(Unattributable.NoLease),
        };
    }

    /// <summary>By lease, then by the address plan; null where nothing is known.</summary>
    private IdentityAnswer? ByNetwork(IpKey address, long atMs, long cutoff)
    {
        IdentityAnswer? second = null;
        foreach (var source in (ReadOnlySpan<IdentitySource>)[IdentitySource.Radius, IdentitySource.Dhcp])
        {
            var verdict = Longest(source, address, atMs, out var id);
            if (verdict == LeaseCertainty.Confirmed)
            {
                return Line(in _pool[id], confirmed: true, cutoff);
            }

            if (second is not IdentityAnswer.Line)
            {
                second = verdict == LeaseCertainty.Presumed
                    ? Line(in _pool[id], confirmed: false, cutoff)
                    : second ?? Reason(verdict);
            }
        }

        if (second is null && _plan.Find(address, atMs) is { } row)
        {
            return new IdentityAnswer.Line(
                row.Customer, Math.Max(row.FromMs, cutoff), row.UntilMs, IdentitySource.AddressPlan, true);
        }

        return second;
    }

    /// <summary>The verdict of the longest network that has one. A presumption gives way to news from
    /// inside the network.</summary>
    private LeaseCertainty Longest(IdentitySource source, IpKey address, long atMs, out int id)
    {
        var heard = long.MinValue;
        var shortest = address.IsV4 ? 96 : 1;
        for (var length = 128; length >= shortest; length--)
        {
            if (!_spaces.Uses(source, length))
            {
                continue;
            }

            var moment = new PointInTimeLookup(atMs);
            if (!_spaces.Gather(AddressKey.From(Prefix.From(address, length), source), ref moment))
            {
                continue;
            }

            var verdict = moment.Judge(_pool);
            id = moment.Id;
            if (verdict == LeaseCertainty.Presumed && heard > moment.LastHeard(_pool))
            {
                return LeaseCertainty.Lost;
            }

            if (verdict != LeaseCertainty.Nothing)
            {
                return verdict;
            }

            heard = Math.Max(heard, moment.LastHeard(_pool));
        }

        id = -1;
        return LeaseCertainty.Nothing;
    }

    private IdentityAnswer.Line Line(in AddressLease holding, bool confirmed, long cutoff) =>
        new(
            _lines[holding.Who], Math.Max(holding.Span.Begin, cutoff), holding.Span.End,
            holding.Space.Source, confirmed);

    private static IdentityAnswer.None? Reason(LeaseCertainty verdict) => verdict switch
    {
        LeaseCertainty.Conflict => new IdentityAnswer.None(Unattributable.Overlapping),
        LeaseCertainty.Lost => new IdentityAnswer.None(Unattributable.LostStop),
        _ => null,
    };

    private static bool Contains(IReadOnlyList<Prefix> networks, IpKey address)
    {
        for (var i = 0; i < networks.Count; i++)
        {
            if (networks[i].Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
