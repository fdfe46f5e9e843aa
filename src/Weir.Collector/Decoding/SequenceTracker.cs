// SPDX-License-Identifier: Apache-2.0
//
// What sequence numbers tell about loss between exporter and us. The number is 32 bits and wraps; datagrams overtake
// each other; an exporter that restarts begins anew. Distances are therefore signed, a late message gives back what
// was counted as lost, and a jump too wide to be loss is a restart (RFC 7011 §3.1, RFC 3954 §5.1).
namespace Weir.Collector.Decoding;

/// <summary>What the next message did to a sequence.</summary>
internal enum SequenceStep : byte
{
    InOrder,
    Gap,
    Late,
    Restart,
}

/// <summary>One sequence: of a protocol, a domain and a sending port.</summary>
internal sealed class SequenceTracker(int widestGap)
{
    /// <summary>How far back a message may come and still be late rather than of a new start, in units
    /// of the sequence.</summary>
    private const int Reordering = 4_096;

    /// <summary>An uptime that falls back by more than this belongs to a new start.</summary>
    private const int UptimeSlackMs = 10_000;

    private uint _expected;
    private uint _uptimeMs;
    private bool _isKnown;

    /// <summary>When it was last used, by arrival; the longest unused makes room.</summary>
    public long LastUsedMs { get; set; }

    /// <summary>Takes the number a message carries; <paramref name="missing"/> is how many units lie
    /// between it and the last.</summary>
    public SequenceStep Observe(uint sequence, uint uptimeMs, out uint missing)
    {
        missing = 0;
        var fellBack = (int)(uptimeMs - _uptimeMs) < -UptimeSlackMs;
        var distance = (int)(sequence - _expected);
        if (!_isKnown)
        {
            (_isKnown, _expected, _uptimeMs) = (true, sequence, uptimeMs);
            return SequenceStep.InOrder;
        }

        if (distance < 0 && distance >= -Reordering && !fellBack)
        {
            return SequenceStep.Late;
        }

        (_expected, _uptimeMs) = (sequence, uptimeMs);
        if (distance < 0 || distance > widestGap)
        {
            return SequenceStep.Restart;
        }

        missing = (uint)distance;
        return distance == 0 ? SequenceStep.InOrder : SequenceStep.Gap;
    }

    /// <summary>The message is over and was worth so many units.</summary>
    public void Advance(uint units) => _expected += units;

    /// <summary>The worth of the message is not known (IPFIX with a set that could not be read): the next number is
    /// taken as it comes.</summary>
    public void Lose() => _isKnown = false;
}
