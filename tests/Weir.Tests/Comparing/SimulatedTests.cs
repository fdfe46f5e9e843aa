// SPDX-License-Identifier: Apache-2.0
using Weir.Bench;
using Weir.Lab;

namespace Weir.Tests.Comparing;

/// <summary>The published simulation at a tenth of its size. Cases and pooled figures are those the reference program
/// prints for the same seed.</summary>
public class SimulatedTests
{
    [Theory]
    [InlineData(1, 150, 1, 0, 81, 18, 26, 17)]
    [InlineData(2, 150, 1, 0, 72, 17, 58, 17)]
    [InlineData(2, 150, 0.2, 0.02, 75, 19, 198, 17)]
    public async Task A_seed_gives_the_reference_program_s_data_and_the_engine_its_findings(
        ulong seed, int infected, double controls, double nat, int cases, int pooledFound, int pooledFlagged, int found)
    {
        var provider = DiffSim.Make(
            new() { Users = 20_000, Benign = 20_000, Infected = infected, ControlShare = controls, NatShare = nat },
            seed);
        var outcome = await Simulated.CompareAsync(provider, Simulated.Pairs(provider), Simulated.AsPublished, seed);

        Assert.Equal(cases, outcome.Cases);
        Assert.Equal(new Score(pooledFound, pooledFlagged), outcome.Pooled);
        Assert.InRange(outcome.Decided.Found, found - 1, found + 1);
        Assert.InRange(outcome.Decided.Flagged - outcome.Decided.Found, 0, 1);
        Assert.Equal(0, outcome.Permuted);
    }
}
