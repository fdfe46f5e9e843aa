// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Approvals;

/// <summary>What needs somebody's leave, whoever gives it.</summary>
public enum ApprovalAct : byte
{
    /// <summary>Who the subject of a case is (rules.md R9).</summary>
    Disclosure = 1,

    /// <summary>A C&amp;C is closed for a class of customers (R15).</summary>
    EndpointBlock,

    /// <summary>What a scope's class names is closed for its line.</summary>
    LineRoute,

    /// <summary>A candidate goes on the provider's own list, and the store looks back.</summary>
    Promotion,

    /// <summary>A withheld endpoint is shown (R11).</summary>
    CandidateReview,

    /// <summary>A line goes into the strict garden (R14).</summary>
    StrictGarden,

    /// <summary>What is governed changes.</summary>
    Governance,

    /// <summary>A line goes into the leaky garden.</summary>
    LeakyGarden,

    /// <summary>A block or a promotion is taken back.</summary>
    Withdrawal,

    /// <summary>A line leaves a garden.</summary>
    Release,

    /// <summary>Every block ends at once.</summary>
    EmergencyStop,

    /// <summary>The customer is told.</summary>
    AutomaticNotice,

    /// <summary>A confirmed and dedicated C&amp;C is closed for a line that meets it.</summary>
    AutomaticBlock,

    /// <summary>What the brake holds of a listed network becomes cases (rules.md R21).</summary>
    HeldRelease,

    /// <summary>What the brake holds of a listed network is thrown away.</summary>
    HeldDrop,

    /// <summary>An endpoint that one person held goes on.</summary>
    EndpointRelease,
}
