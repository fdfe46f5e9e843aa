// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.GoBgp;

namespace Weir.Tests.Blocking;

/// <summary>Which Weir a route belongs to.</summary>
public sealed class InstanceNumberTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-instance-").FullName;

    private string Kept => Path.Combine(_folder, "blocks.sqlite.instance");

    private string Journal => Path.Combine(_folder, "blocks.sqlite");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_drawn_once_and_kept_over_restarts()
    {
        var first = InstanceNumber.Open(null, Kept, Journal, 1);
        File.WriteAllText(Journal, "");
        Assert.True(first.Value >= 1_000);
        Assert.Equal(first, InstanceNumber.Open(null, Kept, Journal, 1));
        Assert.NotEqual(first, InstanceNumber.Open(null, Kept + "-of-another", "", 1));
    }

    [Fact]
    public void What_is_written_counts_and_a_journal_of_before_keeps_its_number()
    {
        File.WriteAllText(Journal, "");
        Assert.Equal(7u, InstanceNumber.Open(7, Kept, Journal, 1).Value);
        Assert.Equal(1u, InstanceNumber.Open(null, Kept, Journal, 1).Value);
        File.Delete(Journal);
        Assert.Equal(1u, InstanceNumber.Open(null, Kept, Journal, 1).Value);
    }

    [Fact]
    public void A_file_that_holds_none_is_refused_with_the_fix()
    {
        File.WriteAllText(Kept, "weir one");
        Assert.Contains(
            "gobgp global rib", Assert.Throws<IOException>(() => InstanceNumber.Open(null, Kept, Journal, 1)).Message,
            StringComparison.Ordinal);
    }
}
