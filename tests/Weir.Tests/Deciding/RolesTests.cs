// SPDX-License-Identifier: Apache-2.0
using Weir.Deciding;

namespace Weir.Tests.Deciding;

/// <summary>The table of roles, over all pairs.</summary>
public sealed class RolesTests
{
    // One letter a role in the order of the columns; a dot where it may not.
    private static readonly Dictionary<Deed, string> Table = new()
    {
        // machine, analyst, operator, privacy officer, auditor, administrator
        [Deed.ListCases] = ".aopu.",
        [Deed.ReadEvidence] = "maop..",
        [Deed.CountEvidence] = "maop..",
        [Deed.WorkOnCase] = ".aop..",
        [Deed.ReviewScope] = "...p..",
        [Deed.Notify] = "mao...",
        [Deed.Block] = "mao...",
        [Deed.Disclose] = ".a.p..",
        [Deed.Promote] = ".ao...",
        [Deed.ReviewCandidate] = ".aop..",
        [Deed.Compare] = "m.....",
        [Deed.StartComparison] = ".ao...",
        [Deed.ReadReports] = ".aopu.",
        [Deed.ExportAggregates] = ".aop..",
        [Deed.VerifyAudit] = "...pud",
        [Deed.Garden] = ".ao...",
        [Deed.StrictGarden] = ".ao...",
        [Deed.TakeConsent] = ".a....",
        [Deed.LookBack] = "m.....",
    };

    [Fact]
    public void Every_role_may_what_the_table_says_and_nothing_else()
    {
        foreach (var deed in Enum.GetValues<Deed>())
        {
            var row = string.Concat(Enum.GetValues<Role>().Select((role, i) => Roles.May(role, deed) ? "maopud"[i] : '.'));
            Assert.Equal($"{deed} {Table[deed]}", $"{deed} {row}");
        }
    }

    [Fact]
    public void Two_people_are_of_different_roles_and_each_may_alone()
    {
        foreach (var (one, other, deed) in from one in Enum.GetValues<Role>() from other in Enum.GetValues<Role>() from deed in Enum.GetValues<Deed>() select (one, other, deed))
        {
            if (Roles.MayTogether(one, other, deed))
            {
                Assert.NotEqual(one, other);
                Assert.True(Roles.NeedsTwo(deed) && Roles.May(one, deed) && Roles.May(other, deed));
            }

            Assert.Equal(Roles.MayTogether(one, other, deed), Roles.MayTogether(other, one, deed));
        }

        Assert.True(Roles.MayTogether(Role.Analyst, Role.PrivacyOfficer, Deed.Disclose));
        Assert.False(Roles.MayTogether(Role.Analyst, Role.Operator, Deed.Disclose));
        Assert.True(Roles.MayTogether(Role.Analyst, Role.Operator, Deed.Block));
        Assert.False(Roles.MayTogether(Role.Analyst, Role.PrivacyOfficer, Deed.Promote));
    }

    [Theory]
    [InlineData(Role.Administrator)]
    [InlineData(Role.Auditor)]
    public void Neither_administrator_nor_auditor_has_a_way_to_flows(Role role) =>
        Assert.DoesNotContain(
            (Deed[])[Deed.ReadEvidence, Deed.CountEvidence, Deed.WorkOnCase, Deed.ReviewScope, Deed.Disclose, Deed.Block, Deed.Promote, Deed.ReviewCandidate], deed => Roles.May(role, deed));
}
