// SPDX-License-Identifier: Apache-2.0
using Weir.Lab;
using Weir.Lab.Jobs;

namespace Weir.Tests.Lab;

public sealed class BehaviourStringTests
{
    [Fact]
    public void A_letter_is_a_flow_and_a_sign_its_gap()
    {
        var flows = BehaviourString.Flows("88,y+y*y0y.", new Dice(1));

        Assert.Equal(6, flows.Count);
        var gaps = flows.Zip(flows.Skip(1), (a, b) => (b.AfterMs - a.AfterMs) / 1_000.0).ToArray();
        Assert.InRange(gaps[1], 5, 60);
        Assert.InRange(gaps[2], 60, 300);
        Assert.InRange(gaps[3], 300, 3_600);
        Assert.Equal(3_600, gaps[4], 1);
    }

    [Fact]
    public void A_strongly_periodic_letter_keeps_its_gap_and_another_does_not()
    {
        double[] Gaps(string state)
        {
            var flows = BehaviourString.Flows(state, new Dice(2));
            return [.. flows.Zip(flows.Skip(1), (a, b) => (double)(b.AfterMs - a.AfterMs))];
        }

        var (kept, drawn) = (Gaps("a+a+a+a+a+a+a+a+"), Gaps("r+r+r+r+r+r+r+r+"));
        Assert.True(kept[1..].Max() / kept[1..].Min() < 1.2, string.Join(' ', kept));
        Assert.True(drawn.Max() / drawn.Min() > 1.5, string.Join(' ', drawn));
    }

    [Fact]
    public void Rows_that_are_none_are_refused_with_their_place()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "src|dst|port|proto|State|label|class|capture|modelsize\na|b|c\n");
            var fault = Assert.Throws<InvalidDataException>(() => BehaviourString.Read(path, "V42"));
            Assert.Contains($"{path}:2: 3 fields", fault.Message, StringComparison.Ordinal);

            File.WriteAllText(path, "10.0.0.1|198.51.100.7|443|tcp|88,y.|Botnet-TCP-CC|botnet|V1|5\n");
            Assert.True(Assert.Single(BehaviourString.Read(path, "V1")).IsCommand);
            Assert.Contains("no bot of capture 'V2'", Assert.Throws<InvalidDataException>(
                () => BehaviourString.Read(path, "V2")).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
