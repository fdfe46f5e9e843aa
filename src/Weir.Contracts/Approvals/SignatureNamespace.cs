// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Approvals;

/// <summary>What a person's signature may be for. It covers the word, so that none ever stands for another.</summary>
public static class SignatureNamespace
{
    /// <summary>An act that two people approve.</summary>
    public const string Approval = "weir-approval";

    /// <summary>The octets of <c>governance.yaml</c>.</summary>
    public const string Governance = "weir-governance";

    /// <summary>A list of C&amp;Cs, by who answers for it.</summary>
    public const string List = "weir-list";

    /// <summary>A head of a record, countersigned outside.</summary>
    public const string Head = "weir-head";

    /// <summary>All of them, as <c>allowed_signers</c> writes them for a person.</summary>
    public const string All = $"{Approval},{Governance},{List},{Head}";
}
