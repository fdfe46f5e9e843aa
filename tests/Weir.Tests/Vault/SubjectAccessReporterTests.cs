// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Subjects;
using Weir.Hosting.Auditing;
using Weir.Tests.Vault.Support;
using Weir.Vault;
using Weir.Vault.Subjects;
using Weir.Wire;

namespace Weir.Tests.Vault;

public sealed class SubjectAccessReporterTests : IDisposable
{
    private static readonly DateTimeOffset Start = Epochs.BeginOf(SmallVault.Now);
    private static readonly IpKey Ann = IpKey.Parse("10.9.0.1");

    private readonly SmallVault _vault = new() { Records = new FakeSubjectRecords() };

    public SubjectAccessReporterTests()
    {
        _vault.Identity.Add("10.9.0.1/32", "user:ann", SmallVault.NowMs, SmallVault.NowMs + 60_000);
        _vault.Identity.Add("192.0.2.1/32", "user:ann", SmallVault.NowMs, portFrom: 1_024, portTo: 2_047);
        _vault.Identity.Add("10.9.0.2/32", "user:bob", SmallVault.NowMs);
    }

    public void Dispose() => _vault.Dispose();

    [Fact]
    public async Task A_line_sees_its_epochs_leases_cases_scopes_and_disclosures_and_nobody_elses()
    {
        await SealAsync(1, Ann);
        await SealAsync(2, IpKey.Parse("10.9.0.2"));
        await _vault.Keeper().DiscloseAsync(
            new(
                new CaseId(1), new ScopeId(5), "ann", "analyst", "otto", "privacy-officer",
                "the customer is to be told how to clean up"),
            (await _vault.Keeper().AttributeAsync(Ann, null, Start))!.Value);

        _vault.Open();
        var view = await _vault.Get<SubjectAccessReporter>().MakeAsync(
            new("otto"), IpKey.Parse("192.0.2.1"), 1_500, Start, default);

        Assert.Equal("user:ann", view.Line);
        Assert.Equal([SmallVault.Now], view.Epochs.Select(e => e.Epoch));
        Assert.Equal(["10.9.0.1/32 ", "192.0.2.1/32 1024-2047"], view.Leases.Select(l => $"{l.Network} {l.Ports}"));
        var held = Assert.Single(view.Cases);
        Assert.Equal(new CaseId(1).ToString(), held.Case);
        Assert.Equal("flood-out/3", Assert.Single(held.Scopes).Why);
        Assert.Contains("analyst+privacy-officer", Assert.Single(held.Disclosures), StringComparison.Ordinal);
        Assert.Empty(view.Missing);
        Assert.Contains("privacy officer", view.Corrections, StringComparison.Ordinal);
        var entry = _vault.Audit.Entries[^1];
        Assert.Equal((AuditActions.ShowSubject, "otto", 1L), (entry.Act, entry.Actor, entry.Rows));
        Assert.DoesNotContain("user:ann", entry.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_that_do_not_answer_are_named_as_missing_and_the_rest_is_shown()
    {
        using var silent = new SmallVault();
        silent.Identity.Add("10.9.0.1/32", "user:ann", SmallVault.NowMs);
        var name = await silent.Keeper().AttributeAsync(Ann, null, Start);
        await silent.Keeper().SealAsync(new CaseId(1), name!.Value);

        var view = await silent.Get<SubjectAccessReporter>().MakeAsync(
            new("otto"), Ann, null, Start, default);

        Assert.Single(view.Cases);
        Assert.Contains("not shown", view.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_leads_to_nobody_shows_nothing()
    {
        var views = _vault.Get<SubjectAccessReporter>();

        var refused = await Assert.ThrowsAsync<VaultRefusedException>(
            () => views.MakeAsync(new("otto"), IpKey.Parse("192.0.2.1"), null, Start, default));

        Assert.Equal(DenyCode.Unattributable, refused.Code);
        Assert.Equal("unattributable", _vault.Audit.Entries[^1].Outcome);
    }

    private async Task SealAsync(ulong id, IpKey address)
    {
        var name = await _vault.Keeper().AttributeAsync(address, null, Start);
        await _vault.Keeper().SealAsync(new CaseId(id), name!.Value);
    }

    private sealed class FakeSubjectRecords : ISubjectRecords
    {
        public Task<IReadOnlyList<SubjectScope>> ScopesAsync(
            IReadOnlyCollection<CaseId> cases, CancellationToken cancel) =>
                Task.FromResult<IReadOnlyList<SubjectScope>>(
                    [.. cases.Select(id => new SubjectScope(
                        id.ToString(), new ScopeId(5).ToString(), "ddos-source", "out udp rport=7703", "flood-out/3",
                        Start, Start.AddHours(1), 7, "open"))]);
    }
}
