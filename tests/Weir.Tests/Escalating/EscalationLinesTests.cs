// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Desk.Escalations;
using Weir.Tests.Escalating;
using Weir.Wire;

namespace Weir.Tests.Escalating;

public sealed class EscalationLinesTests
{
    private readonly FakeAccessControlGateway _lines = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_line_is_protected_by_the_vaults_word(bool told)
    {
        _lines.IsProtected = told;
        Assert.Equal(
            told, await new VaultProtected(_lines).IsProtectedAsync(new CaseId(1), new ScopeId(1), default));
    }

    [Fact]
    public async Task Where_the_vault_does_not_tell_the_line_is_taken_for_one()
    {
        _lines.IsDown = true;
        Assert.True(await new VaultProtected(_lines).IsProtectedAsync(new CaseId(1), new ScopeId(1), default));
    }
}
