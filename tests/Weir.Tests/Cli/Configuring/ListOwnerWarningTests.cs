// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Ssh;
using Weir.Desk.Lists;
using Weir.Tests.Matching;

namespace Weir.Tests.Cli.Configuring;

/// <summary>What <c>weir check</c> says of a list that has an owner.</summary>
public sealed class ListOwnerWarningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-check").FullName;
    private readonly SshSigningKey _owner = new();

    public void Dispose()
    {
        _owner.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_list_that_its_owner_did_not_sign_is_warned_of()
    {
        const string Text = "192.0.2.1\n";
        var path = Path.Combine(_folder, "theirs.txt");
        File.WriteAllText(path, Text);
        Assert.Contains($"there is no {path}.sig", Assert.Single(Warnings()), StringComparison.Ordinal);

        File.WriteAllText(path + ".sig", OwnerOfLists.Sign(_owner, "theirs", Text, TimeProvider.System.GetUtcNow()));
        Assert.Empty(Warnings());

        File.AppendAllText(path, "192.0.2.2\n");
        Assert.Contains("is over other octets", Assert.Single(Warnings()), StringComparison.Ordinal);

        IEnumerable<string> Warnings() => ConfigurationRules.Warnings(new()
        {
            Matching = new()
            {
                Lists = [new WatchlistOptions { Name = "theirs", Path = path, Owner = _owner.Public.ToString() }],
            },
        }).Select(one => one.Sentence)
            .Where(one => one.StartsWith("matching.lists[0].owner: ", StringComparison.Ordinal));
    }
}
