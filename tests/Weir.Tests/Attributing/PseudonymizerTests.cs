// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Tests.Attributing;

public class PseudonymizerTests
{
    private static readonly byte[] Key = SHA256.HashData("one epoch"u8);

    [Fact]
    public void A_pseudonym_is_the_AES_256_block_of_the_subject_and_resolves_with_the_key_alone()
    {
        var subject = IpKey.Parse("10.1.2.3");
        using var aes = Aes.Create();
        aes.SetKey(Key);
        var block = new byte[16];
        subject.WriteTo(block);
        var expected = IpKey.FromV6(aes.EncryptEcb(block, PaddingMode.None));

        var name = Pseudonymizer.UnderKey(Key).Pseudonymize(subject);

        Assert.Equal(expected.Bits, name.Pseudonym);
        Assert.Equal(subject, Pseudonymizer.UnderKey(Key).Resolve(name));
        Assert.NotEqual(subject, Pseudonymizer.UnderKey(SHA256.HashData("another epoch"u8)).Resolve(name));
    }

    [Fact]
    public void A_column_is_named_as_its_members_are()
    {
        var subjects = Enumerable.Range(0, 1_000).Select(i => IpKey.FromV4((uint)i).Bits).ToArray();
        var column = subjects.ToArray();
        var names = Pseudonymizer.UnderKey(Key);

        names.Pseudonymize(column);

        Assert.All(subjects.Zip(column), pair =>
            Assert.Equal(names.Pseudonymize(new IpKey(pair.First)).Pseudonym, pair.Second));
        Assert.Equal(1_000, column.Distinct().Count());
    }

    [Fact]
    public void Under_any_key_naming_is_a_permutation_that_the_key_alone_undoes() =>
        Prop.ForAll<Guid, ulong, ulong>((seed, one, other) =>
        {
            var names = Pseudonymizer.UnderKey(SHA256.HashData(seed.ToByteArray()));
            var (left, right) = (new IpKey(new UInt128(one, other)), new IpKey(new UInt128(other, one)));
            return names.Resolve(names.Pseudonymize(left)) == left
                && (left == right) == (names.Pseudonymize(left) == names.Pseudonymize(right));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void The_lab_profile_writes_the_block_itself() =>
        Assert.Equal(
            IpKey.Parse("10.1.2.3").Bits, Pseudonymizer.InClear().Pseudonymize(IpKey.Parse("10.1.2.3")).Pseudonym);

    [Fact]
    public void A_key_of_the_wrong_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => Pseudonymizer.UnderKey(new byte[16]));
}
