// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Serving;
using Weir.Contracts.Scopes;
using Weir.Desk.Escalations;
using Weir.Tests.Escalating;
using Weir.Wire;

namespace Weir.Tests.Cli.Serving;

public sealed class EscalationLinesTests
{
    private readonly FakeAccessControlGateway _lines = new();

    [Theory]
    [InlineData(false, "203.0.113.0/24", false)]
    [InlineData(true, "203.0.113.0/24", true)]
    [InlineData(false, "100.64.0.0/10", true)]
    public async Task A_line_is_protected_by_the_vaults_word_or_by_its_network(
        bool told, string network, bool isProtected)
    {
        _lines.IsProtected = told;
        Assert.Equal(isProtected, await new ConfiguredProtected(_lines, [Prefix.Parse(network)]).IsProtectedAsync(
            new CaseId(1), new ScopeId(1), default));
    }

    [Fact]
    public async Task Where_the_vault_does_not_tell_the_line_is_taken_for_one()
    {
        _lines.IsDown = true;
        Assert.True(await new ConfiguredProtected(_lines, []).IsProtectedAsync(new CaseId(1), new ScopeId(1), default));
    }
}
