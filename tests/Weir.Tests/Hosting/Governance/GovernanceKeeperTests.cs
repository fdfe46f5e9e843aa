// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Hosting.Governance;
using Weir.Tests.Contracts.Approvals;

namespace Weir.Tests.Hosting.Governance;

/// <summary>What is governed changes by two people of the governance in force, one of them the privacy officer
/// (attacks.md 27 and 28); until then the last signed copy is in force.</summary>
public sealed class GovernanceKeeperTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-governed-").FullName;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SigningPerson _ana = new("ana", Role.Analyst);
    private readonly SigningPerson _petra = new("petra", Role.PrivacyOfficer);
    private readonly SigningPerson _olaf = new("olaf", Role.Operator);
    private readonly SigningPerson _safeOfficer = new("safe-1", Role.PrivacyOfficer);
    private readonly SigningPerson _safeAnalyst = new("safe-2", Role.Analyst);
    private readonly SigningPerson _eve = new("eve", Role.PrivacyOfficer);

    private GovernanceOptions Options => new()
    {
        File = Path.Combine(_folder, "governance.yaml"), Anchor = Path.Combine(_folder, "trust-anchor"),
    };

    public void Dispose()
    {
        foreach (var person in (SigningPerson[])[_ana, _petra, _olaf, _safeOfficer, _safeAnalyst, _eve])
        {
            person.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_first_is_signed_by_the_two_whose_fingerprints_the_anchor_names()
    {
        Write([_ana, _petra], [_ana, _petra]);
        Assert.Contains("cannot be read", Load().Waits, StringComparison.Ordinal);
        Anchor(_ana, _olaf);
        Assert.Contains("one of the two has to be", Wrote([_ana, _petra, _olaf], [_ana, _olaf]), StringComparison.Ordinal);
        File.Delete(Options.Anchor);
        Anchor(_ana, _petra);

        Assert.Contains("signed by ana", Wrote([_ana, _petra], [_ana]), StringComparison.Ordinal);
        Assert.Contains("does not count", Wrote([_ana, _petra, _eve], [_ana, _eve]), StringComparison.Ordinal);
        Assert.Contains("other-namespace", Wrote(
            [_ana, _petra], [_ana, _petra], SignatureNamespace.Approval), StringComparison.Ordinal);
        Assert.False(Load().People.TryFind(_ana.Key.Public, out _));
        Assert.Equal("", Wrote([_ana, _petra], [_ana, _petra]));
        Assert.True(Load().People.TryFind(_ana.Key.Public, out var ana) && ana.Role == Role.Analyst);
    }

    [Fact]
    public void A_change_waits_until_two_in_force_signed_it_and_the_copy_of_before_stays()
    {
        Begin();
        Assert.Contains("weir governance sign", Wrote([_ana, _petra, _eve], [_eve, _ana]), StringComparison.Ordinal);
        Assert.False(Load().People.TryFind(_eve.Key.Public, out _));
        Assert.Contains("two people have to", Wrote([_ana, _petra, _olaf], [_ana]), StringComparison.Ordinal);
        Assert.Equal("", Wrote([_ana, _petra, _eve], [_petra, _ana]));
        Assert.True(Load().People.TryFind(_eve.Key.Public, out _));

        // An octet more is another file.
        File.AppendAllText(Options.File, "\n");
        Assert.Contains("bad-signature", Load().Waits, StringComparison.Ordinal);
        Assert.True(Load().People.TryFind(_eve.Key.Public, out _));
        File.Delete(Options.File);
        Assert.Contains("is not there", Load().Waits, StringComparison.Ordinal);
        Assert.True(Load().People.TryFind(_eve.Key.Public, out _));
    }

    [Fact]
    public void Who_left_signs_nothing_any_more()
    {
        Begin();
        Assert.Equal("", Wrote([_petra, _olaf, _ana], [_ana, _petra]));
        Assert.Equal("", Wrote([_petra, _olaf], [_olaf, _petra]));

        Assert.NotEqual("", Wrote([_ana, _petra, _olaf], [_ana, _petra]));
        Assert.Equal("", Wrote([_petra, _olaf], [_olaf, _petra]));
    }

    [Fact]
    public void Recovery_keys_replace_lost_ones_after_three_days_in_which_it_is_told()
    {
        Begin();
        Write([_ana, _eve], [_safeOfficer, _safeAnalyst]);
        var told = Load();

        Assert.Contains("2026-03-04 12:00 UTC", told.Waits, StringComparison.Ordinal);
        Assert.False(told.People.TryFind(_eve.Key.Public, out _));
        _clock.Advance(TimeSpan.FromHours(72) - TimeSpan.FromSeconds(1));
        Assert.NotEqual("", Load().Waits);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", Load().Waits);
        Assert.True(Load().People.TryFind(_eve.Key.Public, out _));
    }

    [Fact]
    public void Another_file_of_recovery_keys_waits_anew()
    {
        Begin();
        Write([_ana, _eve], [_safeOfficer, _safeAnalyst]);
        _ = Load();
        _clock.Advance(TimeSpan.FromHours(80));
        Write([_olaf, _eve], [_safeOfficer, _safeAnalyst]);

        Assert.Contains("2026-03-07 20:00 UTC", Load().Waits, StringComparison.Ordinal);
        Assert.False(Load().People.TryFind(_eve.Key.Public, out _));
    }

    [Fact]
    public void A_file_that_others_may_write_is_refused()
    {
        Begin();
        File.SetUnixFileMode(Options.File, (UnixFileMode)0b110_110_100);

        Assert.Contains("chmod go-w", Load().Waits, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user: root", "root and users of services")]
    [InlineData("user: weir-desk", "root and users of services")]
    [InlineData("role: machine", "which is nobody's")]
    [InlineData("keys: [\"ssh-rsa AAAA\"]", "is no public key of ssh-ed25519")]
    [InlineData("name: \"two words\"", "write one word")]
    public void What_no_person_is_is_refused_with_its_line(string line, string sentence)
    {
        Anchor(_ana, _petra);
        var text = Text([_ana, _petra]);
        var key = line.Split(':')[0];
        var old = text.Split('\n').FirstOrDefault(
            one => one.TrimStart(' ', '-').StartsWith(key + ":", StringComparison.Ordinal)) ?? "";
        text = key == "user"
            ? text.Replace("    role: analyst", $"    role: analyst\n    {line}", StringComparison.Ordinal)
            : text.Replace(old, old[..old.IndexOf(key, StringComparison.Ordinal)] + line, StringComparison.Ordinal);
        Write(text, [_ana, _petra]);

        Assert.Contains(sentence, Load().Waits, StringComparison.Ordinal);
    }

    private void Begin()
    {
        Anchor(_ana, _petra);
        Assert.Equal("", Wrote([_ana, _petra], [_ana, _petra]));
    }

    private GovernanceInForce Load() =>
        new GovernanceKeeper(Options, Path.Combine(_folder, "process"), _clock).Load();

    private string Wrote(
        SigningPerson[] people, SigningPerson[] signers, string forNamespace = SignatureNamespace.Governance)
    {
        Write(Text(people), signers, forNamespace);
        return Load().Waits;
    }

    private void Write(SigningPerson[] people, SigningPerson[] signers) => Write(Text(people), signers);

    private void Write(string text, SigningPerson[] signers, string forNamespace = SignatureNamespace.Governance)
    {
        _ = Directory.CreateDirectory(_folder);
        File.WriteAllText(Options.File, text);
        var folder = SignedGovernance.SignaturesOf(Options.File);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        _ = Directory.CreateDirectory(folder);
        foreach (var person in signers)
        {
            File.WriteAllText(
                Path.Combine(folder, person.Name + ".sig"), person.Key.Sign(text, forNamespace).ToString());
        }
    }

    private string Text(SigningPerson[] people)
    {
        var text = new StringBuilder("instance: test-net\nprofile: us-provider\npeople:\n");
        foreach (var person in people)
        {
            text.Append("  - name: ").Append(person.Name).Append("\n    role: ").Append(Actor.ToName(person.Role))
                .Append("\n    keys: [\"").Append(person.Key.Public).Append("\"]\n");
        }

        return text.Append("recovery:\n  - role: privacy-officer\n    key: ").Append(_safeOfficer.Key.Public)
            .Append("\n  - role: analyst\n    key: ").Append(_safeAnalyst.Key.Public).Append('\n').ToString();
    }

    private void Anchor(params SigningPerson[] people) => TrustAnchor.Write(
        Options.Anchor, people.Select(person => (person.Key.Public.Fingerprint, person.Name)));
}
