// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Approvals;

namespace Weir.Hosting.Governance;

/// <summary>What differs between two of them: lines of the texts that go (<c>- </c>) and come (<c>+ </c>), in their
/// order.</summary>
public static class GovernanceDifference
{
    /// <summary>Lines; control characters are shown and not obeyed.</summary>
    public static IEnumerable<string> Between(SignedGovernance? before, SignedGovernance after) =>
        LineDifference.Between(before is null ? [] : LinesOf(before), LinesOf(after));

    internal static string[] LinesOf(SignedGovernance governance) =>
    [
        .. Encoding.UTF8.GetString(governance.Octets.Span).TrimEnd('\n').Split('\n').Select(ApprovalText.Escape),
    ];
}
