// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Evidence;

/// <summary>Rows on their way into the store.</summary>
public interface IPendingRows
{
    /// <summary>Comes back when every row that was on its way at the call is in the store.</summary>
    Task DrainAsync(CancellationToken cancel);
}
