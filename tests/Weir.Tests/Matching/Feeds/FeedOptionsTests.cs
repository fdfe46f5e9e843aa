// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;

namespace Weir.Tests.Matching.Feeds;

public sealed class FeedOptionsTests
{
    [Fact]
    public void Every_option_is_read()
    {
        var options = FeedOptions.Parse("a/b.csv,role=attacker,name=x "
            + "y,min-hits=3,confidence=80,min-confidence=50,ttl=36h,domains=yes,strict=yes,columns=address:dst;port:2");

        Assert.Equal("a/b.csv", options.Path);
        Assert.Equal(ListRole.Attacker, options.Role);
        Assert.Equal("x y", options.Name);
        Assert.Equal((3, 80, 50), (options.MinHits, options.Confidence, options.MinConfidence));
        Assert.Equal(TimeSpan.FromHours(36), options.Lifetime);
        Assert.True(options.Domains && options.Strict);
        Assert.Equal(["dst", "2"], [options.Columns["address"], options.Columns["port"]]);
    }

    [Fact]
    public void A_comma_in_the_name_of_the_file_stays()
    {
        Assert.Equal("a,b.txt", FeedOptions.Parse("a,b.txt").Path);
        Assert.Equal("a,b.txt", FeedOptions.Parse("a,b.txt,role=c2").Path);
    }

    [Theory]
    [InlineData("f,role=bad", "has role 'bad'; a role is c2, sinkhole, attacker, bogon or allow")]
    [InlineData("f,colour=red", "has an unknown option 'colour'")]
    [InlineData("f,confidence=101", "it is a whole number from 0 to 100")]
    [InlineData("f,min-hits=0", "it is a whole number from 1 to")]
    [InlineData("f,ttl=14", "write days, hours or minutes")]
    [InlineData("f,strict=maybe", "write yes or no")]
    [InlineData("f,columns=where:1", "FIELD one of address, port")]
    [InlineData("f,name=", "has an empty name")]
    [InlineData(",role=c2", "names no file")]
    [InlineData("f,role=c2,odd", "has 'odd' where option=value is expected")]
    public void A_wrong_option_is_one_sentence_and_exit_code_2(string argument, string sentence)
    {
        var fault = Assert.Throws<FeedException>(() => FeedOptions.Parse(argument));

        Assert.Equal(FeedException.BadArgument, fault.ExitCode);
        Assert.Contains(sentence, fault.Message);
        Assert.Contains($"'{argument}'", fault.Message);
    }
}
