// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Lists;

/// <summary>How a list in force stands to its source.</summary>
internal enum ListStanding : byte
{
    /// <summary>The source has what is in force, and so has the chain.</summary>
    Same,

    /// <summary>The source has something else by now.</summary>
    ChangedSince,

    /// <summary>The publisher did not give it.</summary>
    CannotBeFetched,

    /// <summary>The file cannot be read.</summary>
    CannotBeRead,

    /// <summary>What the source has is not signed by its owner, or may not follow what is in force.</summary>
    NotSigned,

    /// <summary>The chain does not have what is in force.</summary>
    NotOnChain,
}

/// <summary>What came of verifying one list.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Source">Host it is fetched from, or its file.</param>
/// <param name="AsOf">Of when the copy in force is; null without one.</param>
/// <param name="InForce">SHA-256 of the copy in force; empty without one.</param>
/// <param name="Now">SHA-256 of what the source has now; empty where that cannot be told.</param>
/// <param name="Standing">What follows.</param>
/// <param name="Reason">Why, or what else there is to know; empty for nothing.</param>
internal sealed record ListVerdict(
    string Name, string Source, DateTimeOffset? AsOf, string InForce, string Now, ListStanding Standing, string Reason);
