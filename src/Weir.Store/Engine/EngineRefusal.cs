// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Wire.Native;

namespace Weir.Store.Engine;

/// <summary>What askers are told of an engine that fails.</summary>
internal static class EngineRefusal
{
    /// <summary>The engine does not answer, or says no for a reason that is not the asker's.</summary>
    public static PeerRefusalException EngineDown(this ReleaseChain chain, StoreException fault) => chain.Down(
        StoreCodes.StoreDown, $"the flow store does not answer as it should: {fault.Message}; ask again");
}
