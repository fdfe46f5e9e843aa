// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Hosting.Auditing;

namespace Weir.Tests.Auditing;

public class MerkleFrontierTests
{
    [Fact]
    public void Roots_are_those_of_the_standards_recursion_at_every_size()
    {
        var (tree, leaves) = (new MerkleFrontier(), new List<byte[]>());
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", tree.Root());
        for (var i = 0; i < 70; i++)
        {
            leaves.Add([(byte)i, 7]);
            tree.Add(leaves[^1]);

            Assert.Equal(Convert.ToHexStringLower(Root([.. leaves])), tree.Root());
            var resumed = new MerkleFrontier(tree.Size, tree.Peaks);
            Assert.Equal(tree.Root(), resumed.Root());
        }
    }

    [Fact]
    public void Peaks_that_cannot_be_a_trees_are_refused() =>
        Assert.Throws<FormatException>(() => new MerkleFrontier(3, ["00"]));

    /// <summary>MTH of RFC 9162 section 2.1.1, as it is written there.</summary>
    private static byte[] Root(byte[][] leaves)
    {
        if (leaves.Length == 1)
        {
            return SHA256.HashData([0, .. leaves[0]]);
        }

        var split = 1;
        while (split * 2 < leaves.Length)
        {
            split *= 2;
        }

        return SHA256.HashData([1, .. Root(leaves[..split]), .. Root(leaves[split..])]);
    }
}
