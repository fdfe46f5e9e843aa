// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Ssh;

namespace Weir.Desk.Lists.Feeds;

/// <summary>Who answers for a list: it is taken with their signature alone (rules.md R21).</summary>
/// <param name="Key">Their public key.</param>
/// <param name="Kept">Where the last copy lies that was taken, its signature beside it: it is in force after a start
/// that finds something else in the list's place.</param>
public sealed record ListOwner(SshPublicKey Key, string Kept);
