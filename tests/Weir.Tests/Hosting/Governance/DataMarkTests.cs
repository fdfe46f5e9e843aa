// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Governance;

namespace Weir.Tests.Hosting.Governance;

/// <summary>What a provider kept is opened by nobody else's configuration (attacks 26 and 28).</summary>
public sealed class DataMarkTests : IDisposable
{
    private static readonly DataMark Lab = new("lab", "-", "-");
    private static readonly DataMark Nothing = new("us-provider", "-", "-");
    private static readonly DataMark Own = new("us-provider", "example-net", new string('a', 64));

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-marked-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Trait("Attack", "26")]
    [Fact]
    public void A_lab_does_not_open_live_data_nor_a_provider_a_labs()
    {
        Own.Write(_folder);
        Assert.Contains("is of profile us-provider", Refusal(Lab), StringComparison.Ordinal);

        using var other = new DataMarkTests();
        Lab.Write(other._folder);
        Lab.Require(other._folder, _ => false);
        Assert.Contains("is of profile lab", other.Refusal(Own), StringComparison.Ordinal);
    }

    [Trait("Attack", "28")]
    [Fact]
    public void Another_governance_opens_them_only_where_it_follows()
    {
        var next = Own with { Governance = new string('b', 64) };
        Own.Write(_folder);
        Own.Require(_folder, _ => false);
        Assert.Contains("does not replace", Refusal(next), StringComparison.Ordinal);
        next.Require(_folder, digest => digest == Own.Governance);

        next.Write(_folder);
        Assert.Contains("does not replace", Refusal(Own), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_governance_nobody_reads_and_the_mark_stays()
    {
        Own.Write(_folder);
        Nothing.Require(_folder, _ => false);
        Nothing.Write(_folder);
        Assert.Contains("does not replace", Refusal(Own with { Governance = new string('c', 64) }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_nobodys_and_a_damaged_mark_is_said()
    {
        var missing = Path.Combine(_folder, "none");
        Own.Write(missing);
        Assert.False(Directory.Exists(missing));
        Own.Require(missing, _ => false);

        File.WriteAllText(Path.Combine(_folder, ".weir-data"), "us-provider\n");
        Assert.Contains("is damaged", Refusal(Own), StringComparison.Ordinal);
    }

    private string Refusal(DataMark mark) =>
        Assert.Throws<InvalidDataException>(() => mark.Require(_folder, _ => false)).Message;
}
