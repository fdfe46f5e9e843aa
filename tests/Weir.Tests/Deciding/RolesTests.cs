// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;
using Weir.Desk.Reporting.Html;

namespace Weir.Tests.Deciding;

/// <summary>The table of roles, over all pairs.</summary>
public sealed class RolesTests
{
    // One letter a role in the order of the columns; a dot where it may not.
    private static readonly Dictionary<Permission, string> Table = new()
    {
        // machine, analyst, operator, privacy officer, auditor, administrator
        [Permission.ListCases] = ".aopu.",
        [Permission.ReadEvidence] = "maop..",
        [Permission.CountEvidence] = "maop..",
        [Permission.WorkOnCase] = ".aop..",
        [Permission.ReviewScope] = "...p..",
        [Permission.Notify] = "mao...",
        [Permission.Block] = "mao...",
        [Permission.Disclose] = ".a.p..",
        [Permission.Promote] = ".ao...",
        [Permission.ReviewCandidate] = ".aop..",
        [Permission.Compare] = "m.....",
        [Permission.StartComparison] = ".ao...",
        [Permission.ReadReports] = ".aopu.",
        [Permission.ExportAggregates] = ".aop..",
        [Permission.VerifyAudit] = "...pud",
        [Permission.Garden] = ".ao...",
        [Permission.StrictGarden] = ".ao...",
        [Permission.TakeConsent] = ".a....",
        [Permission.LookBack] = "m.....",
        [Permission.ReleaseHeld] = ".aop..",
        [Permission.DropHeld] = ".aop..",
        [Permission.ReleaseEndpoint] = ".aop..",
    };

    [Fact]
    public void Every_role_may_what_the_table_says_and_nothing_else()
    {
        foreach (var deed in Enum.GetValues<Permission>())
        {
            var row = string.Concat(
                Enum.GetValues<Role>().Select((role, i) => Roles.May(role, deed) ? "maopud"[i] : '.'));
            Assert.Equal($"{deed} {Table[deed]}", $"{deed} {row}");
        }
    }

    [Fact]
    public void Two_people_are_of_different_roles_and_each_may_alone()
    {
        foreach (var (one, other, deed) in from one in Enum.GetValues<Role>()
                                           from other in Enum.GetValues<Role>()
                                           from deed in Enum.GetValues<Permission>()
                                           select (one, other, deed))
        {
            if (Roles.MayTogether(one, other, deed))
            {
                Assert.NotEqual(one, other);
                Assert.True(Roles.NeedsTwo(deed) && Roles.May(one, deed) && Roles.May(other, deed));
            }

            Assert.Equal(Roles.MayTogether(one, other, deed), Roles.MayTogether(other, one, deed));
        }

        Assert.True(Roles.MayTogether(Role.Analyst, Role.PrivacyOfficer, Permission.Disclose));
        Assert.False(Roles.MayTogether(Role.Analyst, Role.Operator, Permission.Disclose));
        Assert.True(Roles.MayTogether(Role.Analyst, Role.Operator, Permission.Block));
        Assert.False(Roles.MayTogether(Role.Analyst, Role.PrivacyOfficer, Permission.Promote));
    }

    [Theory]
    [InlineData(Role.Administrator)]
    [InlineData(Role.Auditor)]
    public void Neither_administrator_nor_auditor_has_a_way_to_flows(Role role) =>
        Assert.DoesNotContain(
            (Permission[])[
                Permission.ReadEvidence, Permission.CountEvidence, Permission.WorkOnCase, Permission.ReviewScope,
                Permission.Disclose, Permission.Block, Permission.Promote, Permission.ReviewCandidate],
            deed => Roles.May(role, deed));
}
