// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Vault.Identity.Records;
using Weir.Vault.Keys;
using Weir.Wire;

namespace Weir.Tests.Vault.Keys;

public sealed class SubscriberLineIdDeriverTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("weir-lines-").FullName, "keys");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void A_line_has_one_number_for_good_and_another_vault_gives_it_another()
    {
        var number = Open().Compute(new SubscriberLineName("user:ann"));

        Assert.Equal(number, Open().Compute(new SubscriberLineName("user:ann")));
        Assert.NotEqual(number, Open().Compute(new SubscriberLineName("user:bob")));
        Assert.NotEqual(number, new SubscriberLineIdDeriver(new byte[32]).Compute(new SubscriberLineName("user:ann")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(
            Assert.Single(Directory.GetFiles(_folder))));
    }

    [Fact]
    public void A_number_never_looks_like_an_address_of_a_subscriber()
    {
        var number = Open().Compute(new SubscriberLineName("user:ann"));

        Assert.True(SubscriberLineId.IsLine(number));
        Assert.StartsWith("100:", number.ToString(), StringComparison.Ordinal);
        Assert.False(SubscriberLineId.IsLine(IpKey.Parse("10.0.0.7")));
        Assert.False(SubscriberLineId.IsLine(IpKey.Parse("2001:db8::1")));
        Assert.False(SubscriberLineId.IsLine(IpKey.Parse("0:100::1")));
    }

    private SubscriberLineIdDeriver Open() => SubscriberLineIdDeriver.In(_folder, use: null);
}
