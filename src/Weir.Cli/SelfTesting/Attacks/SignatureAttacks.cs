// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.SelfTesting.Rules;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Scopes;
using Weir.Contracts.Ssh;
using Weir.Desk.Cases;
using Weir.Hosting.Auditing;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>Signatures of the wrong key, over the wrong text, for something else, too late and once more (attacks 9 and
/// 17): the vault refuses each by its name, and the second person then opens nothing.</summary>
internal static class SignatureAttacks
{
    private const string Service = "service user";

    public static IEnumerable<AttackRow> Rows { get; } =
    [
        new(9, "one person as two users", "signs twice with one key", async play =>
        {
            var number = await PeopleAttacks.AskAsync(play);
            await play.Place.People.SignAsync(play.Place.Desk, number, [RulesTestHost.Ana, RulesTestHost.Ana],
                play.Cancel);
            await RefusedAsync(play, number);
        }),
        new(17, Service, "signs with a key that nobody has", async play =>
        {
            using var key = new SshSigningKey();
            await TryAsync(play, (text, _) => key.Sign(text, SignatureNamespace.Approval), "approval-unknown-key");
        }),
        new(17, Service, "has a person of the wrong role sign", play => TryAsync(
            play, (_, texts) => play.Place.People.KeyOf(RulesTestHost.Olaf).Sign(
                texts["analyst"].Replace("role: analyst", "role: operator", StringComparison.Ordinal),
                SignatureNamespace.Approval),
            "approval-wrong-role")),
        new(17, Service, "puts a signature of a governance in its place", play => TryAsync(
            play, (text, _) => Petra(play).Sign(text, SignatureNamespace.Governance), "approval-other-namespace")),
        new(17, Service, "has an altered text signed", play => TryAsync(
            play, (text, _) => Petra(play).Sign(text.Replace(
                "act: disclosure", "act: promotion", StringComparison.Ordinal), SignatureNamespace.Approval),
            "approval-bad-signature")),
        new(17, Service, "brings a signature of another request", async play =>
        {
            var (_, petra) = await BothAsync(play);
            await TryAsync(play, (_, _) => SshSignature.TryParse(petra.Signature, out var made)
                ? made : throw new ExpectationFailedException("no signature"), "approval-bad-signature");
        }),
        new(17, Service, "brings half a signature", async play =>
        {
            var number = await PeopleAttacks.AskAsync(play);
            var whole = Petra(play).Sign(
                (await play.Place.Desk.StandingAsync(number, play.Cancel)).Texts["privacy-officer"],
                SignatureNamespace.Approval).ToString();
            await play.VaultRefusesAsync(
                () => play.Place.Desk.SignAsync(number, whole[..(whole.Length / 2)], play.Cancel), "approval-malformed",
                "signing");
            await RefusedAsync(play, number);
        }),
        new(17, Service, "invents both persons at the vault", play => play.VaultRefusesAsync(
            () => play.Place.Vault.DiscloseAsync(Order(play, 0xffff), play.Cancel), "second-person-needed",
            "disclosing")),
        new(17, Service, "uses two signatures of another Weir", async play =>
        {
            var (first, second) = await BothAsync(play);
            var elsewhere = new People("elsewhere", play.Place.People.Current.Current.All);
            play.Came(
                ApprovalFaults.Word(new SignedApproval([first, second]).Verify(Expected(first), elsewhere, null).Fault),
                "approval-other-instance", "verifying");
        }),
        new(17, Service, "uses two signatures a day later", async play =>
        {
            var (first, second) = await BothAsync(play);
            play.Came(
                ApprovalFaults.Word(new SignedApproval([first, second]).Verify(
                    Expected(first), play.Place.People.Current.Current,
                    play.Place.Clock.GetUtcNow() + ApprovalRequest.Longest).Fault),
                "approval-stale", "verifying");
        }),
        new(17, Service, "uses two signatures for another act", async play =>
        {
            var (first, second) = await BothAsync(play);
            play.Came(
                ApprovalFaults.Word(new SignedApproval([first, second]).Verify(
                    Expected(first) with { Act = ApprovalAct.LineRoute }, play.Place.People.Current.Current,
                    null).Fault),
                "approval-other-text", "verifying");
        }),
        new(17, Service, "discloses once more what two approved once", async play =>
        {
            var number = await PeopleAttacks.AskAsync(play);
            await play.Place.People.SignAsync(
                play.Place.Desk, number, [RulesTestHost.Ana, RulesTestHost.Petra], play.Cancel);
            var given = await play.Place.Disclosures.ApproveAsync(RulesTestHost.Petra, number, play.Cancel);
            play.Check(given.Shown is not null, $"two keys opened nothing: {given.Refused?.Why}");
            await play.VaultRefusesAsync(
                () => play.Place.Vault.DiscloseAsync(Order(play, number), play.Cancel), "expired", "disclosing");
        }),
    ];

    private static SshSigningKey Petra(ScenarioRunner play) => play.Place.People.KeyOf(RulesTestHost.Petra);

    /// <summary>A signature of the second person that does not count; the first one's does.</summary>
    private static async Task TryAsync(
        ScenarioRunner play, Func<string, IReadOnlyDictionary<string, string>, SshSignature> sign, string wanted)
    {
        var number = await PeopleAttacks.AskAsync(play);
        await play.Place.People.SignAsync(play.Place.Desk, number, [RulesTestHost.Ana], play.Cancel);
        var texts = (await play.Place.Desk.StandingAsync(number, play.Cancel)).Texts;
        var forged = sign(texts["privacy-officer"], texts).ToString();
        await play.VaultRefusesAsync(
            () => play.Place.Desk.SignAsync(number, forged, play.Cancel), wanted, "signing");
        await RefusedAsync(play, number);
    }

    /// <summary>Nothing half done: the officer opens nothing by it.</summary>
    private static async Task RefusedAsync(ScenarioRunner play, ulong number)
    {
        var given = await play.Place.Disclosures.ApproveAsync(RulesTestHost.Petra, number, play.Cancel);
        play.Note(
            RulesTestHost.Petra, AuditActions.Disclose, given.Refused, "second-person-needed", "approving");
        play.Check(given.Shown is null, "a line was shown");
    }

    private static async Task<(ApprovalSignature First, ApprovalSignature Second)> BothAsync(ScenarioRunner play)
    {
        var number = await PeopleAttacks.AskAsync(play);
        await play.Place.People.SignAsync(
            play.Place.Desk, number, [RulesTestHost.Ana, RulesTestHost.Petra], play.Cancel);
        var signed = (await play.Place.Desk.StandingAsync(number, play.Cancel)).Signatures;
        return signed is [var first, var second]
            ? (first, second)
            : throw new ExpectationFailedException($"{signed.Count} signatures stand under it, 2 are due");
    }

    private static ExpectedApproval Expected(ApprovalSignature signature) =>
        ApprovalText.TryRead(signature.Text, out var request, out _)
            ? new(request.Act, request.Target) { Case = request.Case }
            : throw new ExpectationFailedException("what was signed cannot be read");

    private static DisclosureOrder Order(ScenarioRunner play, ulong number)
    {
        var flood = play.Place.ScopeOf(1, Purpose.DdosSource).Scope;
        return new(
            flood.Case, flood.Id, "ana", "analyst", "petra", "privacy-officer",
            PeopleAttacks.Why, CaseHandler.Name(number));
    }
}
