// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.RegularExpressions;
using Weir.Hosting.Auditing;
using Weir.Tests.House;

namespace Weir.Tests.Auditing;

public partial class AuditActionsTests
{
    private static string[] Words => [.. typeof(AuditActions)
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!)];

    [Fact]
    public void Words_are_plain_and_each_stands_once()
    {
        Assert.Equal(Words.Length, Words.Distinct().Count());
        Assert.All(Words, word => Assert.Matches("^[a-z]+(-[a-z]+)*$", word));
    }

    [Fact]
    public void Nobody_writes_an_act_that_the_transparency_report_does_not_know() =>
        Breaches.None(
            from file in Repository.Sources("src")
            from line in file.Lines.Index()
            where WrittenOut().IsMatch(line.Item)
            select $"{file.Path}:{line.Index + 1}: take the word from Acts: {line.Item.Trim()}");

    [GeneratedRegex("\\bAct = \"")]
    private static partial Regex WrittenOut();
}
