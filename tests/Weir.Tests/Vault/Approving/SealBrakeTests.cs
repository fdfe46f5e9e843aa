// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Tests.Contracts.Approvals;
using Weir.Tests.Vault.Support;
using Weir.Vault.Approving;
using Weir.Vault.Braking;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Tests.Vault.Approving;

/// <summary>The vault counts the lines of a listed network itself: a desk that was taken over has no more of them
/// sealed in a day than the bound, until two people signed (rules.md R21).</summary>
public sealed class SealBrakeTests : IDisposable
{
    private const int Bound = 5;
    private const string Network = "198.51.100.0/24";
    private const string Leave = "a-00000000000000a1";

    private readonly SmallVault _vault = new();
    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _olaf = new("olaf", Role.Operator);

    public SealBrakeTests() => _vault.Change = options => options with
    {
        People = new(new People("test-net", [_ana.Person, _olaf.Person])), Brake = Bound,
    };

    private static Asker Desk => new("weir", RequestNumber.Create());

    public void Dispose()
    {
        _vault.Dispose();
        _ana.Dispose();
        _olaf.Dispose();
    }

    [Trait("Attack", "24")]
    [Fact]
    public async Task No_more_lines_than_the_bound_are_sealed_and_a_restart_begins_no_day_anew()
    {
        for (var i = 1; i <= Bound; i++)
        {
            Assert.Null(await SealAsync(i));
        }

        Assert.Equal("entry-held", await SealAsync(Bound + 1));
        Assert.Null(await SealAsync(1));
        _vault.Open();
        Assert.Equal("entry-held", await SealAsync(Bound + 1));
        Assert.Null(await SealAsync(2));
        Assert.Contains(_vault.Audit.Entries, one => one is { Act: AuditActions.SealSubject, Outcome: "entry-held" });
    }

    /// <summary>Days later, and under another name of an epoch between.</summary>
    [Fact]
    public async Task A_restart_days_later_knows_the_lines_of_the_day_by_the_names_they_were_sealed_under()
    {
        var day = _vault.Clock.GetUtcNow();
        for (var i = 1; i <= Bound; i++)
        {
            Assert.Null(await SealAsync(i, day));
        }

        _vault.Clock.Advance(TimeSpan.FromDays(3));
        _ = await _vault.Keeper().ReissueAsync([.. Enumerable.Range(1, Bound).Select(CaseOf)], Epoch());
        _vault.Open();
        Assert.Null(await SealAsync(1, day));
        Assert.Equal("entry-held", await SealAsync(Bound + 1, day));
    }

    [Fact]
    public async Task Two_keys_release_it_and_nothing_less_does()
    {
        for (var i = 1; i <= Bound; i++)
        {
            Assert.Null(await SealAsync(i));
        }

        var drawn = await _vault.Get<ApprovalGate>().OpenAsync(
            new("", Leave, "held-release", "", null, Network, "a true botnet of our customers"), Desk, default);
        Assert.Equal("second-person-needed", await DecideAsync(isReleased: true));
        await SignAsync(drawn, _ana);
        Assert.Equal("second-person-needed", await DecideAsync(isReleased: true));
        await SignAsync(drawn, _olaf);
        Assert.Equal("approval-other-text", await DecideAsync(isReleased: false));
        Assert.Equal("approval-other-text", await DecideAsync(isReleased: true, "198.51.101.0/24"));
        Assert.Equal("entry-held", await SealAsync(Bound + 1));

        Assert.Null(await DecideAsync(isReleased: true));
        Assert.Null(await DecideAsync(isReleased: true));
        Assert.Null(await SealAsync(Bound + 1));
        _vault.Open();
        Assert.Null(await SealAsync(Bound + 2));
        Assert.Contains(_vault.Audit.Entries, one => one is
            { Act: AuditActions.ReleaseHeld, Outcome: AuditActions.Allow } && one.Approval.Length > 0);
        _vault.Clock.Advance(TimeSpan.FromDays(31));
        for (var i = 1; i <= Bound; i++)
        {
            Assert.Null(await SealAsync(100 + i));
        }

        Assert.Equal("entry-held", await SealAsync(200));
    }

    private async Task<string?> SealAsync(int line, DateTimeOffset? at = null)
    {
        var epoch = at is { } time ? Weir.Contracts.Networks.Epochs.At(time) : Epoch();
        var order = _vault.Order(
            CaseOf(line), _vault.NameOf(IpKey.FromV4(0x0A00_0100 + (uint)line), epoch),
            new ScopeId((ulong)(7_000 + line)), at);
        return await CodeOfAsync(() => _vault.Get<SealGate>().SealAsync(order, Desk, default));
    }

    private static CaseId CaseOf(int line) => new((ulong)(0xCA5E + line));

    private uint Epoch() => Weir.Contracts.Networks.Epochs.At(_vault.Clock.GetUtcNow());

    private Task<string?> DecideAsync(bool isReleased, string network = Network) => CodeOfAsync(() =>
        _vault.Get<SealBrakeGate>().DecideAsync(new("", Leave, network, isReleased, null), Desk, default));

    private Task<ApprovalStanding> SignAsync(ApprovalStanding drawn, SigningPerson person) => _vault.Get<ApprovalGate>().SignAsync(
        new("", Leave, person.Key.Sign(
            drawn.Texts[Actor.ToName(person.Role)], SignatureNamespace.Approval).ToString()),
        Desk, default);

    private static async Task<string?> CodeOfAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (VaultRefusedException refused)
        {
            return refused.Word;
        }
    }
}
