// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Hosting.Governance;
using Weir.Tests.Contracts.Approvals;

namespace Weir.Tests.Hosting.Governance;

/// <summary>What is governed changes by two people of the governance in force, one of them the privacy officer
/// (attacks 27 and 28); until then the last signed copy is in force.</summary>
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
    public void What_was_replaced_does_not_come_back_though_both_signed_it_once()
    {
        Begin();
        var before = (Text: File.ReadAllText(Options.File), Signers: (SigningPerson[])[_ana, _petra]);
        Assert.Equal("", Wrote([_petra, _olaf, _ana], [_ana, _petra]));

        Write(before.Text, before.Signers);
        Assert.Contains("was in force before and was replaced", Load().Waits, StringComparison.Ordinal);
        Assert.True(Load().People.TryFind(_olaf.Key.Public, out _));
        Write(before.Text + "# as of March\n", before.Signers);
        Assert.Contains("does not say that it replaces the one in force", Load().Waits, StringComparison.Ordinal);
        Write(before.Text + Replaces(), before.Signers);
        Assert.Equal("", Load().Waits);
        Assert.False(Load().People.TryFind(_olaf.Key.Public, out _));
    }

    [Fact]
    public void An_old_one_that_a_process_never_had_does_not_come_and_one_that_was_away_takes_the_latest()
    {
        Begin();
        var first = Replaces();
        var missed = Text([_ana, _petra, _eve]);
        Assert.Equal("", Wrote([_petra, _olaf, _ana], [_ana, _petra]));

        Write(missed, [_ana, _petra]);
        Assert.Contains("does not say that it replaces the one in force", Load().Waits, StringComparison.Ordinal);
        Assert.False(Load().People.TryFind(_eve.Key.Public, out _));

        // One that names several fits who has any of them.
        var several = Replaces()[..^2] + ", " + first["replaces: [".Length..];
        Write(Text([_petra, _ana]).Replace(Replaces(), several, StringComparison.Ordinal), [_ana, _petra]);
        Assert.Equal("", Load().Waits);
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
    public void What_was_taken_out_waits_anew_when_it_is_there_again()
    {
        Begin();
        var before = (Text: File.ReadAllText(Options.File), Signers: (SigningPerson[])[_ana, _petra]);
        Write([_ana, _eve], [_safeOfficer, _safeAnalyst]);
        _ = Load();
        Write(before.Text, before.Signers);
        Assert.Equal("", Load().Waits);
        _clock.Advance(TimeSpan.FromHours(80));
        Write([_ana, _eve], [_safeOfficer, _safeAnalyst]);

        Assert.Contains("2026-03-07 20:00 UTC", Load().Waits, StringComparison.Ordinal);
        Assert.False(Load().People.TryFind(_eve.Key.Public, out _));
    }

    [Fact]
    public void A_person_and_the_safe_key_of_the_same_role_are_one()
    {
        Begin();

        Assert.Contains("two people have to", Wrote([_ana, _petra, _eve], [_petra, _safeOfficer]), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromHours(80));
        Assert.Contains("two people have to", Load().Waits, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recovery_key_beside_two_people_delays_nothing()
    {
        Begin();

        Assert.Equal("", Wrote([_ana, _petra, _olaf], [_ana, _petra, _safeAnalyst]));
    }

    [Fact]
    public void Files_that_anybody_lays_beside_the_signatures_change_nothing()
    {
        Begin();
        Write([_ana, _petra, _olaf], [_ana, _petra]);
        var folder = SignedGovernance.SignaturesOf(Options.File);
        for (var i = 0; i < 100; i++)
        {
            File.WriteAllText(Path.Combine(folder, $"000-{i}.sig"), "no signature");
        }

        File.WriteAllBytes(Path.Combine(folder, "0.sig"), new byte[100_000]);
        File.SetUnixFileMode(Path.Combine(folder, "000-1.sig"), (UnixFileMode)0b110_110_110);

        Assert.Equal("", Load().Waits);
        Assert.True(Load().People.TryFind(_olaf.Key.Public, out _));
    }

    [Fact]
    public void Octets_that_could_not_be_kept_as_they_are_are_refused()
    {
        Begin();
        File.WriteAllBytes(Options.File, [.. File.ReadAllBytes(Options.File), (byte)'#', 0xE4, (byte)'\n']);

        Assert.Contains("is no UTF-8", Load().Waits, StringComparison.Ordinal);
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
        var text = new StringBuilder("instance: test-net\nprofile: us-provider\n").Append(Replaces()).Append("people:\n");
        foreach (var person in people)
        {
            text.Append("  - name: ").Append(person.Name).Append("\n    role: ").Append(Actor.ToName(person.Role))
                .Append("\n    keys: [\"").Append(person.Key.Public).Append("\"]\n");
        }

        return text.Append("recovery:\n  - role: privacy-officer\n    key: ").Append(_safeOfficer.Key.Public)
            .Append("\n  - role: analyst\n    key: ").Append(_safeAnalyst.Key.Public).Append('\n').ToString();
    }

    /// <summary>The line that names what is in force; none before anything is.</summary>
    private string Replaces()
    {
        var kept = Path.Combine(_folder, "process", "governance", "governance.yaml");
        return !File.Exists(kept) ? "" : $"replaces: [\"{Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(kept)))}\"]\n";
    }

    private void Anchor(params SigningPerson[] people) => TrustAnchor.Write(
        Options.Anchor, people.Select(person => (person.Key.Public.Fingerprint, person.Name)));
}
