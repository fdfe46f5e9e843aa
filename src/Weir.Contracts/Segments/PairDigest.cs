// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Contracts.Segments;

/// <summary>What one subject exchanged with one endpoint in one hour (statistics.md B.7): a row of
/// the flow store.</summary>
public struct PairDigest
{
    /// <summary>Start of the hour, seconds since the UNIX epoch.</summary>
    public uint HourSeconds;
    public SubjectKey Subject;
    public Endpoint Endpoint;
    public byte Role;

    /// <summary>Kind of line, a stratum of the comparison; 0 = not told apart.</summary>
    public byte Access;

    /// <summary>1 where packets went both ways in the hour.</summary>
    public byte TwoWay;
    public uint Flows;

    /// <summary>Scaled by the sampling interval.</summary>
    public ulong PacketsOut;
    public ulong PacketsIn;
    public ulong OctetsOut;
    public ulong OctetsIn;

    /// <summary>First flow start and last flow end, milliseconds since the UNIX epoch.</summary>
    public long FirstMs;
    public long LastMs;
}

/// <summary>Where digests go when memory's bound is reached or the hour is over. Rows are durable when
/// the call returns.</summary>
public interface IDigestSink
{
    /// <summary>Whether rows of a call are to come in the order of the store's key: subject, remote, port, protocol,
    /// hour. Whoever does not pass them on to a store spares that.</summary>
    bool WantsOrder => true;

    /// <summary>Whether a call waits for a disk or another process, so that flows are to go on beside it. Whoever only
    /// fills memory spares a second table that would be filled meanwhile.</summary>
    bool WaitsForDisk => true;

    /// <summary>Takes rows that all lie in one UTC day; at most one million a call.</summary>
    void Write(ReadOnlySpan<PairDigest> rows);
}
