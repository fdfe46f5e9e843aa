// SPDX-License-Identifier: Apache-2.0
//
// Whom a subject tries to reach and who answers, for one port (horizontal scan) or one remote (vertical), in half
// minutes of flow time; and how many mail connections it opens a minute. No remote is kept but the one that a vertical
// scan is about.
using System.Numerics;
using System.Runtime.InteropServices;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Detecting;

/// <summary>A block of detail on what a subject tries. At most 1 KiB.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ConnectionAttemptState
{
    private const int WordsOfHalf = 2 * DistinctEstimator.Words;
    private const int MailMinutes = 6;
    private const long SketchMs = 300_000;

    /// <summary>So many votes more, and another port or remote is watched instead.</summary>
    private const int SwitchVotes = 16;

    public SecondStageHeader Head;
    public ulong RemoteUpper;
    public ulong RemoteLower;
    private uint _otherRemote;
    private ushort _otherPort;
    public ushort Port;
    public byte Protocol;
    private byte _otherProtocol;
    private byte _portVotes;
    private byte _remoteVotes;
    public bool Vertical;
    private bool _sampled;

    /// <summary>Which of the mail ports were used, one bit each.</summary>
    public byte MailPorts;

    /// <summary>Tries of what is watched since it is watched, and tries before in the same minute.</summary>
    private ushort _tries;
    private ushort _credit;
    public ushort MailBefore;
    private uint _creditHalf;
    private uint _sketchSpan;
    private uint _mailSpan;
    private fixed ushort _mail[MailMinutes];
    private fixed byte _mailRemotes[2 * DistinctEstimator.Registers];
    private fixed ulong _halves[FlowTime.Halves * WordsOfHalf];

    public readonly IpKey Remote => new(new UInt128(RemoteUpper, RemoteLower));

    /// <summary>Begins to watch what a flow tries.</summary>
    /// <param name="flow">The flow that earned the block.</param>
    /// <param name="before">Tries of this minute that came before and are not kept.</param>
    public void Begin(in Flow flow, ushort before)
    {
        (Port, Protocol, _credit, _creditHalf) = (flow.RemotePort, flow.Protocol, before, HalfOf(flow));
        _otherPort = flow.RemotePort;
        _otherProtocol = flow.Protocol;
    }

    /// <summary>A try that is perhaps unanswered, or with <paramref name="answered"/> the sign that it
    /// was not in vain.</summary>
    public void Add(in Flow flow, bool tried, bool answered, ulong key, long firstOpenHalf)
    {
        if (tried && !answered)
        {
            Vote(flow, key);
        }

        if (flow.Protocol != Protocol || (Vertical ? flow.Remote != Remote : flow.RemotePort != Port))
        {
            return;
        }

        var half = (long)HalfOf(flow);
        if (half < firstOpenHalf - 1)
        {
            return;
        }

        _tries = (ushort)Math.Min(ushort.MaxValue, _tries + (tried ? 1 : 0));
        var hash = DistinctEstimator.Hash(flow.Remote, flow.RemotePort, key);
        if (tried)
        {
            DistinctEstimator.Set(Half(half)[..DistinctEstimator.Words], hash);
        }

        if (answered)
        {
            DistinctEstimator.Set(Half(half)[DistinctEstimator.Words..], hash);
            if (half > 0 && flow.StartMs % FlowTime.HalfMs < 5_000)
            {
                // The answer to a try of the half before.
                DistinctEstimator.Set(Half(half - 1)[DistinctEstimator.Words..], hash);
            }
        }
    }

    /// <summary>The sampled form: distinct remotes of one port, in two spans of five minutes.</summary>
    public void AddSampled(in Flow flow, ulong key)
    {
        if (!_sampled)
        {
            MemoryMarshal.CreateSpan(ref _halves[0], FlowTime.Halves * WordsOfHalf).Clear();
            _sampled = true;
        }

        Vote(flow, key);
        if (!Vertical && flow.RemotePort == Port && flow.Protocol == Protocol)
        {
            _tries = (ushort)Math.Min(ushort.MaxValue, _tries + 1);
            Sketch(
                MemoryMarshal.AsBytes(Half(0)), ref _sketchSpan, flow.StartMs,
                DistinctEstimator.Hash(flow.Remote, 0, key));
        }
    }

    /// <summary>Distinct remotes of the watched port; 0 where none was tried since this was last asked.</summary>
    public double TakeSampled()
    {
        if (_tries == 0)
        {
            return 0;
        }

        _tries = 0;
        fixed (ulong* halves = _halves)
        {
            var both = new ReadOnlySpan<byte>(halves, 2 * DistinctEstimator.Registers);
            return DistinctEstimator.Count(both[..DistinctEstimator.Registers], both[DistinctEstimator.Registers..]);
        }
    }

    /// <summary>Targets tried in a half minute and the one before, and those of them that
    /// nobody answered for.</summary>
    public (double Tried, double Unanswered) Count(long half)
    {
        var now = Half(half);
        var before = Half(half - 1);
        var (tried, heard) = (0, 0);
        for (var i = 0; i < DistinctEstimator.Words; i++)
        {
            var any = now[i] | before[i];
            tried += BitOperations.PopCount(any);
            heard += BitOperations.PopCount(
                any & (now[DistinctEstimator.Words + i] | before[DistinctEstimator.Words + i]));
        }

        // How many different ones were tried before is not known: they are taken to spread as those since do, which is
        // not believed of more than there were since.
        var scale = half - _creditHalf is 0 or 1 && _tries > 0 ? 1 + Math.Min(1, (double)_credit / _tries) : 1;
        return (
            DistinctEstimator.Count(tried) * scale,
            (DistinctEstimator.Count(tried) - DistinctEstimator.Count(heard)) * scale);
    }

    /// <summary>Makes room for a half minute to come.</summary>
    public void Clear(long half) => Half(half).Clear();

    /// <summary>Connections of a minute, which are counted before their remotes can be.</summary>
    public void AddMail(long minute, int connections) =>
        _mail[minute % MailMinutes] = (ushort)Math.Min(ushort.MaxValue, _mail[minute % MailMinutes] + connections);

    public void AddMail(in Flow flow, int port, ulong key)
    {
        AddMail(flow.StartMs / FlowTime.MinuteMs, 1);
        MailPorts |= (byte)(1 << port);
        Sketch(
            MemoryMarshal.CreateSpan(ref _mailRemotes[0], 2 * DistinctEstimator.Registers), ref _mailSpan, flow.StartMs,
            DistinctEstimator.Hash(flow.Remote, 0, key));
    }

    /// <summary>Connections of a minute, taken out of it.</summary>
    public ushort TakeMail(long minute)
    {
        var mail = _mail[minute % MailMinutes];
        _mail[minute % MailMinutes] = 0;
        return mail;
    }

    public double MailRemotes()
    {
        var both = MemoryMarshal.CreateSpan(ref _mailRemotes[0], 2 * DistinctEstimator.Registers);
        return DistinctEstimator.Count(both[..DistinctEstimator.Registers], both[DistinctEstimator.Registers..]);
    }

    private static uint HalfOf(in Flow flow) => (uint)(flow.StartMs / FlowTime.HalfMs);

    private static void Sketch(Span<byte> both, ref uint span, long atMs, ulong hash)
    {
        var now = (uint)(atMs / SketchMs);
        if (now > span)
        {
            both.Slice((int)(now & 1) * DistinctEstimator.Registers, DistinctEstimator.Registers).Clear();
            if (now > span + 1)
            {
                both.Slice((int)((now + 1) & 1) * DistinctEstimator.Registers, DistinctEstimator.Registers).Clear();
            }

            span = now;
        }

        if (now + 1 >= span)
        {
            DistinctEstimator.Register(
                both.Slice((int)(now & 1) * DistinctEstimator.Registers, DistinctEstimator.Registers), hash);
        }
    }

    private Span<ulong> Half(long half) =>
        MemoryMarshal.CreateSpan(ref _halves[(int)(half % FlowTime.Halves) * WordsOfHalf], WordsOfHalf);

    /// <summary>Follows the port, or the remote, that most tries go to (Boyer and Moore 1981).</summary>
    private void Vote(in Flow flow, ulong key)
    {
        var remote = (uint)DistinctEstimator.Hash(flow.Remote, 0, key);
        (_otherRemote, _remoteVotes) =
            _remoteVotes == 0 ? (remote, (byte)1) : (_otherRemote, Voted(_remoteVotes, _otherRemote == remote));
        var same = _otherPort == flow.RemotePort && _otherProtocol == flow.Protocol;
        if (_portVotes == 0)
        {
            (_otherPort, _otherProtocol, _portVotes) = (flow.RemotePort, flow.Protocol, 1);
        }
        else
        {
            _portVotes = Voted(_portVotes, same);
        }

        var portLeads = _portVotes >= SwitchVotes && _portVotes >= _remoteVotes;
        if (portLeads ? Vertical || _otherPort != Port || _otherProtocol != Protocol : _remoteVotes >= SwitchVotes
            && (!Vertical || remote != (uint)DistinctEstimator.Hash(Remote, 0, key)) && remote == _otherRemote)
        {
            if (portLeads && !same)
            {
                return;
            }

            var watched = portLeads ? _portVotes : _remoteVotes;
            _credit = (ushort)Math.Min(ushort.MaxValue, _credit + watched);
            (_creditHalf, _tries) = (HalfOf(flow), 0);
            (Port, Protocol, Vertical) = (flow.RemotePort, flow.Protocol, !portLeads);
            (RemoteUpper, RemoteLower) = portLeads ? (0, 0) : (flow.Remote.Upper, flow.Remote.Lower);
            MemoryMarshal.CreateSpan(ref _halves[0], FlowTime.Halves * WordsOfHalf).Clear();
        }
    }

    private static byte Voted(byte votes, bool same) => same ? (byte)Math.Min(200, votes + 1) : (byte)(votes - 1);
}
