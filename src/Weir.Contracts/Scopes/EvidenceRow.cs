// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Contracts.Scopes;

/// <summary>A flow inside a scope, with the fields R6 allows and no other. Of a flow both ways only the half that the
/// scope's direction means is filled.</summary>
public struct EvidenceRow
{
    public ScopeId Scope;

    /// <summary>Milliseconds since the UNIX epoch, UTC.</summary>
    public long StartMs;
    public long EndMs;
    public Endpoint Remote;

    /// <summary>As exported; multiply by <see cref="SamplingInterval"/> for an estimate.</summary>
    public ulong PacketsOut;
    public ulong PacketsIn;
    public ulong OctetsOut;
    public ulong OctetsIn;
    public uint SamplingInterval;
    public byte FlagsOut;
    public byte FlagsIn;

    /// <summary>What the scope rests on, for whoever gives the row out; never given itself.</summary>
    public ulong Basis;
}
