// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.House;

/// <summary>A method fits a page, and takes what can be remembered.</summary>
public sealed class MethodTests
{
    private const int MostLines = 60;
    private const int MostParameters = 6;

    /// <summary>So many take more; none may come to them.</summary>
    private const int WideOnes = 2;

    private static IEnumerable<(string Path, ScannedMethod Method)> All =>
        from file in Repository.Sources("src")
        from method in MethodScanner.Methods(file.Text)
        select (file.Path, method);

    [Fact]
    public void No_method_is_longer_than_a_page() =>
        Breaches.None(All.Where(found => found.Method.Lines > MostLines)
            .Select(found => $"{found.Path}: {found.Method.Name} has {found.Method.Lines} lines"));

    [Fact]
    public void Methods_take_six_parameters_at_most_but_for_a_few()
    {
        var wide = All.Where(found => found.Method.Parameters > MostParameters)
            .Select(found => $"{found.Path}: {found.Method.Name} takes {found.Method.Parameters}").ToList();

        Assert.True(wide.Count == WideOnes,
            $"{wide.Count} wide methods where there are to be {WideOnes}; put what belongs together in one value, or "
            + $"lower the figure:\n{string.Join('\n', wide)}");
    }

    [Theory]
    [InlineData("    public static int Add(Func<int, int, Task<int>> a, (int, int) b)\n    {\n        return 1;\n    }\n", 2, 4)]
    [InlineData("    private void Take()\n    {\n        // {\n    }\n", 0, 4)]
    [InlineData("    internal string Of(int a, int b = 2) =>\n        $\"{a}, {b}\";\n", 2, 0)]
    [InlineData("    private async Task<T> RunAsync<T>(int a)\n        where T : struct\n    {\n        var x = \"{\";\n    }\n", 1, 5)]
    public void Methods_are_counted_as_they_stand(string text, int parameters, int lines)
    {
        var method = Assert.Single(MethodScanner.Methods(text));

        Assert.Equal((parameters, lines), (method.Parameters, method.Lines));
    }

    /// <summary>A scanner that finds nothing would be content with everything.</summary>
    [Fact]
    public void The_sources_have_methods() => Assert.True(All.Count() > 4_000, $"{All.Count()} methods found");
}
