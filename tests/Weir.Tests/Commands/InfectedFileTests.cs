// SPDX-License-Identifier: Apache-2.0
using Weir.Cli;
using Weir.Cli.Analysis;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Tests.Commands;

/// <summary>Files of lines that others reported: plain, or a CSV; what cannot be taken is said with its place.</summary>
public sealed class InfectedFileTests : IDisposable
{
    private static readonly NetworkTable Networks = new(
    [
        new(Prefix.Parse("10.0.0.0/8")), new(Prefix.Parse("10.9.0.0/16"), Excluded: true),
        new(Prefix.Parse("2001:db8::/32"), 64),
    ]);

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("weir-infected-").FullName, "f");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Theory]
    [InlineData("# ours\n10.0.0.7\n10.0.0.7\n\n2001:db8:0:1::9\n2001:db8:0:1::a\n192.0.2.1\n10.9.0.1\n10.0.0\n")]
    [InlineData("timestamp,ip,port\n2026-01-01,10.0.0.7,1\nx,2001:db8:0:1::9,2\nx,192.0.2.1,3\nx,10.9.0.1,4\nx\n")]
    [InlineData("\"tag\",\"src_ip\"\n\"a,b\",\"10.0.0.7\"\n\"c\",\"2001:db8:0:1::9\"\n,192.0.2.1\n,10.9.0.1\n,-\n")]
    [InlineData("2026-01-01,10.0.0.7\n,2001:db8:0:1::9\n,192.0.2.1\n,10.9.0.1\n,10.0.0.300\n")]
    public void Lines_are_subjects_once_and_the_rest_is_counted(string text)
    {
        var read = Read(text);

        Assert.Equal(
            [new SubjectKey(IpKey.Parse("10.0.0.7").Bits), new SubjectKey(IpKey.Parse("2001:db8:0:1::").Bits)],
            read.Lines.OrderBy(line => line));
        Assert.Equal((2L, 1L), (read.Foreign, read.Refused));
        Assert.Matches("^line [0-9]+: no address in column [12]$", read.FirstRefused);
    }

    [Theory]
    [InlineData("dear sir\n10.0.0.7\n", "line 1: neither an address nor a column named ip")]
    [InlineData("ip\nnone\n", "names no address; line 2: no address in column 1")]
    [InlineData("", "names no address")]
    public void A_file_that_names_nobody_is_refused_with_its_place(string text, string why)
    {
        var refused = Assert.Throws<OperatorException>(() => Read(text));

        Assert.Equal(ExitCode.Unreadable, refused.ExitCode);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains(_path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.Contains(
        "absent", Assert.Throws<OperatorException>(() => InfectedFile.Read("/absent", Networks)).Message,
        StringComparison.Ordinal);

    private InfectedFile Read(string text)
    {
        File.WriteAllText(_path, text);
        return InfectedFile.Read(_path, Networks);
    }
}
