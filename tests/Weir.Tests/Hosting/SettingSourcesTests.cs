// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Hosting.Configuration;

namespace Weir.Tests.Hosting;

/// <summary>Settings as people see them: the value, the default, where it comes from, and no secret.</summary>
public sealed class SettingSourcesTests
{
    private const string Own = """
        profile: us-provider
        store:
          url: http://127.0.0.1:8123
          password: open-sesame
        attributing:
          networks:
            - prefix: 192.0.2.0/24
        matching:
          lists:
            - name: paid
              url: https://lists.example.net/v1/key-of-ours/feed.txt
              checksum-url: https://lists.example.net/sum?key=key-of-ours
        """;

    private const string Governed = """
        store:
          retention-days: 3
        """;

    [Fact]
    public void Each_setting_has_its_source_its_line_and_its_default()
    {
        var all = Read().ToDictionary(one => one.Name);

        Assert.Equal((SettingSources.File, 1), (all["profile"].Source, all["profile"].Line));
        Assert.Equal(
            (SettingSources.Governance, "3", "7"),
            (all["store.retention-days"].Source, all["store.retention-days"].Value, all["store.retention-days"].Default));
        Assert.Equal((SettingSources.Usual, "false", 0), (all["console.enabled"].Source, all["console.enabled"].Value, all["console.enabled"].Line));
        Assert.Contains("prefix: 192.0.2.0/24", all["attributing.networks"].Value, StringComparison.Ordinal);
        Assert.All(all.Values, one => Assert.NotEqual("", one.Meaning));
    }

    [Fact]
    public void A_secret_is_masked() => Assert.All(
        Read(), one => Assert.DoesNotContain("open-sesame", $"{one.Value} {one.Default}", StringComparison.Ordinal));

    /// <summary>The path of a webhook is all that keeps others out, and lists that cost have a key in theirs.</summary>
    [Fact]
    public void Of_an_address_path_and_query_are_masked()
    {
        var all = Read();
        Assert.All(all, one => Assert.DoesNotContain("key-of-ours", one.Value, StringComparison.Ordinal));
        Assert.Contains(all, one => one.Value.Contains(
            "url: \"https://lists.example.net/***\"", StringComparison.Ordinal));
        Assert.Equal("http://127.0.0.1:8123", all.Single(one => one.Name == "store.url").Value);
    }

    /// <summary>A file that was changed meanwhile, and is none any more, changes no source.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("profile: lab\nprofile: lab\n")]
    [InlineData("[")]
    public void What_lies_there_now_breaks_nothing(string text) =>
        Assert.Equal(Read().Count, SettingSources.Read(new WeirConfiguration(), text, "").Count);

    private static IReadOnlyList<SettingInForce> Read() => SettingSources.Read(
        ConfigurationReader.Read<WeirConfiguration>(Own, _ => null, Governed).Value, Own, Governed);
}
