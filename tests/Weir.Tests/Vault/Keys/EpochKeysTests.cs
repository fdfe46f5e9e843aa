// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Attributing;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Hosting.Files;
using Weir.Tests.Support;
using Weir.Vault.Keys;
using Weir.Wire;

namespace Weir.Tests.Vault.Keys;

public sealed class EpochKeysTests : IDisposable
{
    private const uint Now = 100;

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("weir-keys-").FullName, "keys");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly EpochKeys _keys;

    public EpochKeysTests()
    {
        _clock.Advance(Epochs.BeginOf(Now) - DateTimeOffset.UnixEpoch);
        _keys = new EpochKeys(_folder, _clock);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void A_key_is_made_once_has_32_octets_and_only_its_owner_may_read_it()
    {
        var made = _keys.GetKey(Now);
        var again = new EpochKeys(_folder, _clock).GetKey(Now);

        Assert.Equal(32, made.Length);
        Assert.Equal(made, again);
        Assert.NotEqual(made, _keys.GetKey(Now + 1));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Directory.GetFiles(_folder, "*.key")[0]));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
    }

    [Fact]
    public void Seven_days_have_one_key_and_the_next_seven_another()
    {
        var names = EpochPseudonymizer.ByEpoch(_keys);
        var subject = IpKey.Parse("10.0.0.7");

        Assert.Equal(
            names.Pseudonymize(subject, Now * Epochs.Ms), names.Pseudonymize(subject, ((Now + 1) * Epochs.Ms) - 1));
        Assert.NotEqual(
            names.Pseudonymize(subject, Now * Epochs.Ms), names.Pseudonymize(subject, (Now + 1) * Epochs.Ms));
    }

    [Fact]
    public void The_draw_of_the_cohort_has_a_key_of_its_own()
    {
        Assert.Equal(_keys.CohortOf(Now), new EpochKeys(_folder, _clock).CohortOf(Now));
        Assert.NotEqual(_keys.CohortOf(Now), _keys.CohortOf(Now + 1));
        Assert.NotEqual(BitConverter.ToUInt64(_keys.GetKey(Now)), _keys.CohortOf(Now));
    }

    [Fact]
    public void A_window_has_a_noise_key_of_its_own_which_goes_with_its_epoch()
    {
        var day = Now * Epochs.DaysPerEpoch;
        var key = _keys.NoiseOf(day, day + 1);

        Assert.Equal(32, key.Length);
        Assert.Equal(key, new EpochKeys(_folder, _clock).NoiseOf(day, day + 1));
        Assert.NotEqual(key, _keys.NoiseOf(day + 1, day + 2));
        Assert.NotEqual(key, _keys.NoiseOf(day, day + 2));
        Assert.NotEqual(key, _keys.GetKey(Now));
        _clock.Advance(Epochs.ErasedAt(Now) - _clock.GetUtcNow());
        _ = _keys.Erase();
        Assert.Empty(Directory.GetFiles(_folder, "noise-*"));
        Assert.Throws<EpochKeyException>(() => _keys.NoiseOf(day, day + 1));
    }

    [Trait("Attack", "40")]
    [Fact]
    public void A_key_goes_seven_days_after_its_epoch_and_never_comes_again()
    {
        var subject = IpKey.Parse("10.0.0.7");
        var name = Pseudonymizer.UnderKeyOf(_keys, Now).Pseudonymize(subject);
        _ = _keys.CohortOf(Now);

        _clock.Advance(Epochs.ErasedAt(Now) - _clock.GetUtcNow() - TimeSpan.FromSeconds(1));
        Assert.Empty(_keys.Erase());
        Assert.Equal(subject, Pseudonymizer.UnderKeyOf(_keys, Now).Resolve(name));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([Now], _keys.Erase());

        Assert.Empty(Directory.GetFiles(_folder, "*.key"));
        Assert.False(_keys.Has(Now));
        Assert.Contains(
            "was erased", Assert.Throws<EpochKeyException>(() => _keys.GetKey(Now)).Message, StringComparison.Ordinal);
        Assert.Throws<EpochKeyException>(() => _keys.CohortOf(Now));
    }

    [Fact]
    public void A_key_that_is_due_is_refused_by_its_date_even_where_its_file_is_still_there()
    {
        _ = _keys.GetKey(Now);
        _clock.Advance(2 * TimeSpan.FromMilliseconds(Epochs.Ms));

        Assert.Single(Directory.GetFiles(_folder, "*.key"));
        Assert.Throws<EpochKeyException>(() => _keys.GetKey(Now));
    }

    [Fact]
    public void The_epoch_after_this_one_has_a_key_and_no_later_one()
    {
        Assert.True(_keys.Has(Now + 1));
        Assert.False(_keys.Has(Now + 2));
        Assert.Contains(
            "made a week before", Assert.Throws<EpochKeyException>(() => _keys.GetKey(Now + 2)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_others_may_read_or_that_was_cut_short_is_refused()
    {
        _keys.GetKey(Now);
        var path = Directory.GetFiles(_folder, "*.key")[0];
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains(
            "chmod 600", Assert.Throws<InvalidDataException>(() => _keys.GetKey(Now)).Message,
            StringComparison.Ordinal);

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(path, new byte[31]);
        Assert.Contains(
            "31", Assert.Throws<InvalidDataException>(() => _keys.GetKey(Now)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_was_lost_is_not_made_anew_until_somebody_says_why_and_one_that_was_erased_is_no_loss()
    {
        var lost = _keys.GetKey(Now);
        var path = Path.Combine(_folder, $"epoch-{Now}.key");
        File.Delete(path);

        foreach (var keys in (EpochKeys[])[_keys, new(_folder, _clock)])
        {
            var fault = Assert.Throws<InvalidDataException>(() => keys.GetKey(Now)).Message;
            Assert.Contains($"{path} is not there", fault, StringComparison.Ordinal);
            Assert.Contains("docs/12-backup.md", fault, StringComparison.Ordinal);
            Assert.Contains($"write why into {path}.anew", fault, StringComparison.Ordinal);
            Assert.False(File.Exists(path));
        }

        File.WriteAllText(path + ".anew", "disk of 3 March burnt\n");
        Assert.NotEqual(lost, _keys.GetKey(Now));
        Assert.False(File.Exists(path + ".anew"));
        File.Delete(path);
        Assert.Throws<InvalidDataException>(() => _keys.GetKey(Now));

        File.WriteAllText(path + ".anew", "again\n");
        _ = _keys.GetKey(Now);
        _clock.Advance(Epochs.ErasedAt(Now) - _clock.GetUtcNow());
        Assert.Equal([Now], _keys.Erase());
        Assert.Empty(File.ReadAllText(Path.Combine(_folder, "made")));
    }

    [Fact]
    public void A_folder_that_others_may_enter_gets_no_key()
    {
        Directory.CreateDirectory(_folder);
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite
            | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);

        Assert.Contains(
            "chmod 700", Assert.Throws<InvalidDataException>(() => _keys.GetKey(Now)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_overwritten_file_holds_nothing_of_the_key_when_it_is_unlinked()
    {
        var key = _keys.GetKey(Now);
        var path = Directory.GetFiles(_folder, "*.key")[0];
        using var held = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

        KeyFile.Shred(path);

        var left = new byte[32];
        held.ReadExactly(left);
        Assert.NotEqual(key, left);
        Assert.False(File.Exists(path));
    }
}
