// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Owning;

/// <summary>Why a flow of another owner's network did not reach it.</summary>
public enum ForwardLoss : byte
{
    /// <summary>The memory for waiting flows was full.</summary>
    NoRoom,

    /// <summary>It waited for as long as flows may.</summary>
    TooOld,

    /// <summary>It was sent, no answer came, and who answers now is another run: taken again it could count
    /// twice.</summary>
    InDoubt,

    /// <summary>The owner cannot read it.</summary>
    Refused,

    /// <summary>This collector stopped before the owner answered.</summary>
    Stopped,
}

/// <summary>Flows of one exporter and minute that their owner never got.</summary>
/// <param name="MinuteSeconds">When they were heard: start of the minute, seconds since the UNIX epoch.</param>
/// <param name="Exporter">Number of who told of them.</param>
/// <param name="Flows">How many.</param>
public readonly record struct LostFlows(uint MinuteSeconds, ushort Exporter, long Flows);
