// SPDX-License-Identifier: Apache-2.0
using FsCheck.Xunit;
using Weir.Contracts.Networks;

namespace Weir.Tests.Attributing;

/// <summary>Codes lie in the store for days; the configuration may change meanwhile.</summary>
public sealed class SubscriberLineKindsTests
{
    private static readonly SubscriberLineKind[] Named = [
        new("dsl", "north"), new("cable", "south"), new("fibre", ""), new("", "east")];

    [Property(MaxTest = 200)]
    public void The_order_of_mention_changes_no_code(int seed)
    {
        SubscriberLineKind[] shuffled = [.. Named];
        new Random(seed).Shuffle(shuffled);
        var (one, other) = (new SubscriberLineKinds(Named), new SubscriberLineKinds(shuffled));
        Assert.All(
            Named, kind => Assert.Equal(one.CodeOf(kind.Access, kind.Group), other.CodeOf(kind.Access, kind.Group)));
        Assert.All(Named, kind => Assert.Equal(kind, other[one.CodeOf(kind.Access, kind.Group)]));
    }

    [Fact]
    public void A_network_that_goes_leaves_the_codes_of_others_and_its_own_means_nothing()
    {
        var (all, fewer) = (new SubscriberLineKinds(Named), new SubscriberLineKinds(Named[1..]));
        Assert.All(Named[1..], kind =>
            Assert.Equal(all.CodeOf(kind.Access, kind.Group), fewer.CodeOf(kind.Access, kind.Group)));
        var gone = all.CodeOf("dsl", "north");
        Assert.NotEqual(0, gone);
        Assert.Equal((new SubscriberLineKind("", ""), (byte)0), (fewer[gone], fewer.AccessOf(gone)));
    }

    [Fact]
    public void As_many_as_an_octet_tells_apart_have_a_code_each_and_one_more_is_refused()
    {
        var most = Enumerable.Range(0, SubscriberLineKinds.MaxKinds)
            .Select(i => new SubscriberLineKind($"a{i}", "")).ToList();
        var kinds = new SubscriberLineKinds(most);
        Assert.Equal(SubscriberLineKinds.MaxKinds, most.Select(k => kinds.CodeOf(k.Access, k.Group))
            .Where(c => c > 0).Distinct().Count());
        Assert.Throws<ArgumentException>(() => new SubscriberLineKinds([.. most, new("one", "more")]));
    }

    [Fact]
    public void Nothing_named_is_code_zero_and_a_code_is_then_the_access_itself()
    {
        Assert.Equal(0, new SubscriberLineKinds(Named).CodeOf("", ""));
        Assert.Equal(0, new SubscriberLineKinds(Named).CodeOf("never", "named"));
        Assert.Equal(3, SubscriberLineKinds.None.AccessOf(3));
    }
}
