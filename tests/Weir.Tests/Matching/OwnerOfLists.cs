// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Approvals;
using Weir.Contracts.Ssh;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;

namespace Weir.Tests.Matching;

/// <summary>Signs lists as <c>weir watchlist sign</c> does.</summary>
internal static class OwnerOfLists
{
    /// <summary>What lies beside the file.</summary>
    /// <param name="key">The owner's.</param>
    /// <param name="list">Name of the list.</param>
    /// <param name="text">What the file holds.</param>
    /// <param name="at">When it is signed.</param>
    /// <param name="forNamespace">What the signature is for.</param>
    public static string Sign(
        SshSigningKey key, string list, string text, DateTimeOffset at,
        string forNamespace = SignatureNamespace.List)
    {
        var says = new ListStatement(list, at, ListDigest.Of(Encoding.UTF8.GetBytes(text)));
        return new ListSignature(says, key.Sign(says.ToString(), forNamespace)).ToString();
    }
}
