// SPDX-License-Identifier: Apache-2.0
//
// Attacks on the promise that one running system can be asked to refuse (attacks, column "rule"): each row tries one
// of them for real and wants the refusal by its name. Those that need users, routers and machines are tests of the
// whole.
using Weir.Cli.SelfTesting.Rules;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>All of them, in the order of their numbers.</summary>
internal static class AttackTable
{
    public static IReadOnlyList<AttackRow> All { get; } =
    [
        .. LookingAttacks.Rows.Concat(PeopleAttacks.Rows).Concat(SignatureAttacks.Rows).Concat(BlockAttacks.Rows)
            .Concat(ComplaintAttacks.Rows).Concat(ListAttacks.Rows).Concat(GovernanceAttacks.Rows)
            .Concat(RecordAttacks.Rows).Concat(LinkAttacks.Rows).Concat(NumberAttacks.Rows).Concat(InputAttacks.Rows).OrderBy(row => row.Number),
    ];
}
