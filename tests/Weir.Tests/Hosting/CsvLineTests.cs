// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Files;

namespace Weir.Tests.Hosting;

/// <summary>What a line of separated values says, as spreadsheets and lists write it.</summary>
public sealed class CsvLineTests
{
    [Theory]
    [InlineData("a,b,c", ',', "a|b|c")]
    [InlineData("", ',', "")]
    [InlineData("a,,", ',', "a||")]
    [InlineData(" a ,\tb", ',', "a|b")]
    [InlineData("a;b,c", ';', "a|b,c")]
    [InlineData("\"a,b\",c", ',', "a,b|c")]
    [InlineData("a, \"b, c\" ,d", ',', "a|b, c|d")]
    [InlineData("\"say \"\"no\"\"\",x", ',', "say \"no\"|x")]
    [InlineData("5\" disk,x", ',', "5\" disk|x")]
    [InlineData("\"\",x", ',', "|x")]
    public void A_line_has_these_fields(string line, char separator, string fields)
    {
        Assert.Equal(fields.Split('|'), CsvLine.Split(line, separator, out var isClosed));
        Assert.True(isClosed);
    }

    [Theory]
    [InlineData("a,\"b,c", "a|b,c")]
    [InlineData("\"", "")]
    [InlineData("a,\"b\"\"", "a|b\"")]
    public void A_quote_that_is_not_closed_takes_the_rest_and_is_told(string line, string fields)
    {
        Assert.Equal(fields.Split('|'), CsvLine.Split(line, ',', out var isClosed));
        Assert.False(isClosed);
    }

    [Fact]
    public void What_is_quoted_as_RFC_4180_says_comes_back_as_it_was()
    {
        var random = new Random(4180);
        for (var round = 0; round < 2_000; round++)
        {
            string[] fields = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => new string(
                [.. Enumerable.Range(0, random.Next(0, 8)).Select(_ => "ab,\";x"[random.Next(6)])]))];
            var line = string.Join(',', fields.Select(field => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));

            Assert.Equal(fields, CsvLine.Split(line, ',', out var isClosed));
            Assert.True(isClosed);
        }
    }
}
