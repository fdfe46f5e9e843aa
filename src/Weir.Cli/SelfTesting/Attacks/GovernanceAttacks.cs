// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.SelfTesting.Rules;
using Weir.Hosting.Governance;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>Roles, keys and rules changed by one person, unseen (attacks 27 and 28): what was signed last stays in
/// force, and the process says what waits.</summary>
internal static class GovernanceAttacks
{
    private const string Installer = "installer";

    public static IEnumerable<AttackRow> Rows { get; } =
    [
        new(27, "analyst", "loosens the policy and signs it alone", play => TryAsync(
            play, place => place.Write(more: $"policy: {new string('a', 64)}\n", signers: [place.Ana]))),
        new(27, "analyst and operator", "loosen the policy without the privacy officer", play => TryAsync(
            play, place => place.Write(more: $"policy: {new string('a', 64)}\n", signers: [place.Ana, place.Olaf]))),
        new(27, "analyst", "signs twice", play => TryAsync(
            play, place => place.Write(more: "separation: off\n", signers: [place.Ana, place.Ana]))),
        new(28, Installer, "gives somebody a role who then signs it", play => TryAsync(
            play, place => place.Write(add: place.Eve, signers: [place.Ana, place.Eve]))),
        new(28, Installer, "gives somebody a role, unsigned", play => TryAsync(
            play, place => place.Write(add: place.Eve, signers: []))),
        new(28, Installer, "changes an octet after both signed", play => TryAsync(play, place =>
        {
            place.Write(more: "separation: off\n", signers: [place.Ana, place.Petra]);
            File.AppendAllText(place.File, "# nothing\n");
        })),
        new(28, Installer, "brings signatures of approvals", play => TryAsync(play, place => place.Write(
            more: "separation: off\n", signers: [place.Ana, place.Petra], forGovernance: false))),
        new(28, Installer, "puts the governance of before back, which both signed", play => TryAsync(play, place =>
        {
            var before = place.Copy();
            place.Write(more: "separation: off\n", signers: [place.Ana, place.Petra]);
            place.Load();
            place.Restore(before);
        }, isReplay: true)),
        new(28, Installer, "brings a governance of before, which both signed and this process never had", play =>
            TryAsync(
            play, place =>
            {
                place.Write(add: place.Eve, signers: [place.Ana, place.Petra]);
                var missed = place.Copy();
                place.Write(more: "separation: off\n", signers: [place.Ana, place.Petra]);
                place.Load();
                place.Restore(missed);
            }, isReplay: true)),
        new(28, Installer, "brings half a file", play => TryAsync(play, place =>
        {
            place.Write(add: place.Eve, signers: [place.Ana, place.Petra]);
            File.WriteAllText(place.File, File.ReadAllText(place.File)[..^40]);
        })),
        new(28, Installer, "takes the file away", play => TryAsync(play, place => File.Delete(place.File))),
        new(45, "local user", "may write the governance", play => TryAsync(play, place =>
        {
            place.Write(add: place.Eve, signers: [place.Ana, place.Petra]);
            File.SetUnixFileMode(place.File, (UnixFileMode)0b110_110_110);
        })),
        new(28, "people in force", "change it by two signatures, one the privacy officer's", play =>
        {
            using var place = new GovernedFolders();
            place.Write(add: place.Eve, signers: [place.Ana, place.Petra]);
            var after = place.Load();
            play.Came(after.Waits.Length == 0 && GovernedFolders.Knows(after, place.Eve) ? "in-force"
                : "waits", "in-force", after.Waits);
            return Task.CompletedTask;
        }),
    ];

    /// <summary>Whatever was done: who was in force is, nobody else, and it is told.</summary>
    private static Task TryAsync(ScenarioRunner play, Action<GovernedFolders> attack, bool isReplay = false)
    {
        using var place = new GovernedFolders();
        attack(place);
        var after = place.Load();
        play.Came(after.Waits.Length > 0 ? "waits" : "in-force", "waits", "the governance");
        play.Check(
            !GovernedFolders.Knows(after, place.Eve) && GovernedFolders.Knows(after, place.Ana)
                && GovernedFolders.Knows(after, place.Petra)
                && after.Document is { Policy: null } && (isReplay || after.Document.Separation == Separation.Required),
            "another governance is in force than the one signed last");
        return Task.CompletedTask;
    }
}
