// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;
using Weir.Wire.Native;

namespace Weir.Hosting.StoreClient;

/// <summary>Calls to the store whose passing failures are those that callers of a flow store know: a
/// <see cref="StoreException"/> that says to ask again. A refusal on grounds is a
/// <see cref="PeerRefusedException"/> with its code.</summary>
internal static class StoreCalls
{
    public static StoreJson Json => StoreJson.Default;

    public static async Task<T> PassAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (PeerDownException down)
        {
            throw new StoreException(0, down.Message, retryable: true, down);
        }
        catch (PeerRefusedException refused) when (refused.IsPassing)
        {
            throw new StoreException(0, refused.Message, retryable: true, refused);
        }
    }
}
