// SPDX-License-Identifier: Apache-2.0
using Weir.Attributing;
using Weir.Wire;

namespace Weir.Tests.Attributing;

public sealed class EpochKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_key_is_made_once_and_only_its_owner_may_read_it()
    {
        var made = new EpochKeys(_folder).Of(2_900);
        var again = new EpochKeys(_folder).Of(2_900);

        Assert.Equal(made, again);
        Assert.Equal(32, made.Length);
        Assert.NotEqual(made, new EpochKeys(_folder).Of(2_901));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(_folder, "epoch-2900.key")[0]));
    }

    [Fact]
    public void A_subject_has_another_name_in_the_next_epoch_and_the_same_within_one()
    {
        var names = SubjectNames.ByEpoch(new EpochKeys(_folder));
        var subject = IpKey.Parse("10.0.0.7");
        const long week = 7L * 86_400_000;

        Assert.Equal(names.Name(subject, 100 * week), names.Name(subject, (101 * week) - 1));
        Assert.NotEqual(names.Name(subject, 100 * week), names.Name(subject, 101 * week));
    }

    [Fact]
    public void A_key_goes_seven_days_after_its_epoch_and_what_was_named_by_it_resolves_no_more()
    {
        var keys = new EpochKeys(_folder);
        var subject = IpKey.Parse("10.0.0.7");
        var name = Pseudonymiser.UnderKey(keys.Of(100)).Name(subject);
        const uint epochEnd = 101 * EpochKeys.DaysPerEpoch;

        Assert.Equal(0, keys.Erase(epochEnd + 6));
        Assert.Equal(subject, Pseudonymiser.UnderKey(keys.Of(100)).Resolve(name));
        Assert.Equal(1, keys.Erase(epochEnd + 7));

        Assert.Empty(Directory.GetFiles(_folder));
        Assert.NotEqual(subject, Pseudonymiser.UnderKey(keys.Of(100)).Resolve(name));
    }

    [Fact]
    public void A_key_that_others_may_read_or_that_was_cut_short_is_refused()
    {
        var keys = new EpochKeys(_folder);
        keys.Of(1);
        var path = Directory.GetFiles(_folder)[0];
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<InvalidDataException>(() => keys.Of(1)).Message, StringComparison.Ordinal);

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(path, new byte[31]);
        Assert.Contains("31", Assert.Throws<InvalidDataException>(() => keys.Of(1)).Message, StringComparison.Ordinal);
    }
}
