// SPDX-License-Identifier: Apache-2.0
//
// What happens on the lines, and that time passes: flows come when they end, the counters judge by the clock, contacts
// close, and what was raised is with the desk before anybody asks.
using Weir.Collector.Detecting;
using Weir.Collector;
using Weir.Collector.Attributing;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Store.Loading;
using Weir.Wire;

namespace Weir.Cli.SelfTesting.Rules;

internal sealed partial class RulesTestHost
{
    private const int Step = 10;
    private const byte Talking = 0x1A;
    private const byte Syn = 0x02;
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(2);

    private readonly List<(FlowRecord Flow, FlowStanding Standing)> _coming = [];
    private FlowStanding _standing;

    /// <summary>The pseudonym of a line, as it was when the examples began.</summary>
    public SubjectKey GetPseudonym(uint line) =>
        EpochPseudonymizer.ByEpoch(_link!.Keys!).Pseudonymize(Line(line), Start);

    /// <summary>10.0.0.0 and so many on.</summary>
    public static IpKey Line(uint line) => IpKey.FromV4(0x0A00_0000 + line);

    /// <summary>A line sends one flow each second for so long.</summary>
    public void Send(
        uint line, byte protocol, Server remote, int seconds, ulong packets = 12, int afterSeconds = 0)
    {
        for (var i = 0; i < seconds; i++)
        {
            Come(FlowOf(
                (Line(line), 50_000), (IpKey.Parse(remote.Address), remote.Port), protocol, packets,
                Now + ((afterSeconds + i) * 1_000L)));
        }
    }

    /// <summary>Where traffic goes: an address as it is written, and a port.</summary>
    public readonly record struct Server(string Address, ushort Port);

    /// <summary>From now on a line opens so many mail connections each second, each to the next of
    /// so many servers.</summary>
    public void Mail(uint line, int seconds, int eachSecond, uint servers)
    {
        for (var i = 0; i < seconds * eachSecond; i++)
        {
            var server = IpKey.FromV4(0xC000_0200 + 1 + ((uint)i % servers));
            Come(FlowOf(
                (Line(line), (ushort)(1_024 + i)), (server, 25), Protocols.Tcp, 12, Now + (i / eachSecond * 1_000L)));
        }
    }

    /// <summary>A line tries so many addresses on a port each second, and nobody answers.</summary>
    public void Scan(uint line, ushort port, int seconds, uint eachSecond)
    {
        for (var i = 0U; i < seconds * eachSecond; i++)
        {
            Come(FlowOf(
                (Line(line), (ushort)(1_024 + i)), (IpKey.FromV4(0xCB00_0000 + i), port), Protocols.Tcp, 1,
                Now + (i / eachSecond * 1_000L)) with
            {
                TcpFlags = Syn,
                Octets = 60,
            });
        }
    }

    /// <summary>From now on flows come in datagrams of a stream that is not corroborated.</summary>
    public void Forge(Action flows)
    {
        _standing = FlowStanding.Doubtful;
        flows();
        _standing = FlowStanding.Corroborated;
    }

    private void Come(in FlowRecord flow) => _coming.Add((flow, _standing));

    /// <summary>Conversations of a line with a server, one each second from a moment on; each is two flows.</summary>
    public void Converse(uint line, string remote, ushort port, int times, int afterSeconds = 0)
    {
        for (var i = 0; i < times; i++)
        {
            var at = Now + ((afterSeconds + i) * 1_000L);
            Come(FlowOf((Line(line), 50_000), (IpKey.Parse(remote), port), Protocols.Tcp, 9, at));
            Come(FlowOf((IpKey.Parse(remote), port), (Line(line), 50_000), Protocols.Tcp, 8, at));
        }
    }

    /// <summary>Time goes on, and what was to come comes.</summary>
    public async Task PassAsync(int seconds, CancellationToken cancel)
    {
        var coming = _coming.OrderBy(one => one.Flow.EndMs).ToList();
        _coming.Clear();
        var until = Now + (seconds * 1_000L);
        for (var next = 0; Now < until;)
        {
            Clock.Advance(TimeSpan.FromSeconds(Step));
            for (; next < coming.Count && coming[next].Flow.EndMs <= Now; next++)
            {
                _lane!.Handle(coming[next].Flow, new FlowSource(Exporter), 0, coming[next].Standing);
            }

            _lane!.Flush();
            await _pipeline!.JudgeAsync();
        }

        await SettleAsync(cancel);
    }

    /// <summary>Time goes on to the next hour or day, UTC; nothing happens meanwhile.</summary>
    public async Task PassToAsync(TimeSpan boundary, int andSeconds, CancellationToken cancel)
    {
        var now = Clock.GetUtcNow().UtcDateTime.Ticks;
        Clock.Advance(TimeSpan.FromTicks(boundary.Ticks - (now % boundary.Ticks)));
        await PassAsync(andSeconds, cancel);
    }

    /// <summary>Everything that came is judged, handled by the desk, and in the store.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        _lane!.Flush();
        await _pipeline!.FlushAsync(Now);
        await HandledAsync(cancel);
        await _pipeline.FlushEvidenceAsync(Now);
        await _loader!.DrainAsync(cancel);
    }

    /// <summary>The newest scope of a line for a purpose.</summary>
    /// <exception cref="ExpectationFailedException">Nothing raised one.</exception>
    public CaseScope ScopeOf(uint line, Purpose purpose) =>
        ScopesOf(line, purpose) is [.., var newest] ? newest : throw new ExpectationFailedException(
            $"no scope for {Purposes.ToName(purpose)} was opened on {Line(line)}");

    public IReadOnlyList<CaseScope> ScopesOf(uint line, Purpose purpose)
    {
        var name = GetPseudonym(line);
        return [.. Desk.Files.SelectMany(f => f.Scopes)
            .Where(s => s.Scope.Purpose == purpose && s.Scope.Subject == name).OrderBy(s => s.Scope.FromMs)];
    }

    private static FlowRecord FlowOf(
        (IpKey Address, ushort Port) source, (IpKey Address, ushort Port) destination, byte protocol, ulong packets,
        long startMs) =>
        new()
        {
            Source = source.Address,
            Destination = destination.Address,
            SourcePort = source.Port,
            DestinationPort = destination.Port,
            Protocol = protocol,
            TcpFlags = protocol == Protocols.Tcp ? Talking : (byte)0,
            Traits = FlowTraits.FlagsKnown,
            Packets = packets,
            Octets = packets * 100,
            StartMs = startMs,
            EndMs = startMs + 900,
        };

    /// <summary>What was raised so far has been handled, and stands before the shards.</summary>
    private async Task HandledAsync(CancellationToken cancel)
    {
        var begun = Clock.GetTimestamp();
        while (Desk.Taken + Desk.Known + Desk.Refused - Desk.HandledAtOnce < Raised.Count)
        {
            if (_handling.IsCompleted || Clock.GetElapsedTime(begun) > AtMost)
            {
                throw new ExpectationFailedException(
                    $"{Raised.Count + Desk.HandledAtOnce - Desk.Taken - Desk.Known - Desk.Refused} events were not handled: "
                        + Desk.Fault);
            }

            await Task.Delay(10, cancel);
        }

        await _scopes!.PumpAsync(cancel);
    }
}

/// <summary>Something that an example stands on did not happen.</summary>
internal sealed class ExpectationFailedException(string message) : Exception(message);

/// <summary>Counts events on their way.</summary>
internal sealed class CountingEventSink(IQualityEventSink to) : IQualityEventSink
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Handle(QualityEvent quality)
    {
        Interlocked.Increment(ref _count);
        to.Handle(quality);
    }
}
