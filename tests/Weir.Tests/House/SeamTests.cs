// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Weir.Tests.House;

/// <summary>What cannot be simulated is behind a seam of Weir.Hosting.</summary>
public sealed partial class SeamTests
{
    [Fact]
    public void One_place_opens_SQLite() =>
        Breaches.None(Repository.Sources("src").Where(file => !file.Path.StartsWith("src/Weir.Hosting/Sqlite/",
                StringComparison.Ordinal) && Sqlite().IsMatch(file.Text)).Select(file => file.Path));

    [GeneratedRegex(@"\bMicrosoft\.Data\.Sqlite\b|\bSqlite(Connection|Command|DataReader|Transaction|Exception)\b")]
    private static partial Regex Sqlite();
}
