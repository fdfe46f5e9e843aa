// SPDX-License-Identifier: Apache-2.0
using Weir.Attributing;
using Weir.Vault.Identity;
using Weir.Vault.Keys;
using Weir.Wire;

namespace Weir.Tests.Vault.Keys;

public sealed class LineNumbersTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("weir-lines-").FullName, "keys");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void A_line_has_one_number_for_good_and_another_vault_gives_it_another()
    {
        var number = LineNumbers.In(_folder).Of(new LineName("user:ann"));

        Assert.Equal(number, LineNumbers.In(_folder).Of(new LineName("user:ann")));
        Assert.NotEqual(number, LineNumbers.In(_folder).Of(new LineName("user:bob")));
        Assert.NotEqual(number, new LineNumbers(new byte[32]).Of(new LineName("user:ann")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(_folder))));
    }

    [Fact]
    public void A_number_never_looks_like_an_address_of_a_subscriber()
    {
        var number = LineNumbers.In(_folder).Of(new LineName("user:ann"));

        Assert.True(LineNumber.IsLine(number));
        Assert.StartsWith("100:", number.ToString(), StringComparison.Ordinal);
        Assert.False(LineNumber.IsLine(IpKey.Parse("10.0.0.7")));
        Assert.False(LineNumber.IsLine(IpKey.Parse("2001:db8::1")));
        Assert.False(LineNumber.IsLine(IpKey.Parse("0:100::1")));
    }
}
