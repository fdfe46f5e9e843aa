// SPDX-License-Identifier: Apache-2.0
//
// What runs of this store found so far: the endpoints that may be looked back for, and the candidates that wait for a
// later window. Both follow a run before its figures leave, so that nobody is told of a candidate that is not known
// here.
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Reports;
using Weir.Store.Comparing;
using Weir.Wire;
using Weir.Wire.Native;

namespace Weir.Store.Runs;

/// <summary>Keeps what was found, run by run.</summary>
internal sealed class ComparedEndpoints(FoundEndpoints found, FrozenCandidates frozen)
{
    /// <summary>Tests the candidates of earlier windows on this one, and notes durably what it found.</summary>
    /// <param name="pairs">Where the pairs are counted.</param>
    /// <param name="input">What was compared.</param>
    /// <param name="exact">What came of it.</param>
    /// <param name="cancel">Stops between questions.</param>
    /// <returns>The same with the state of each candidate.</returns>
    public async Task<ComparedFigures> FollowAsync(
        IPairCounts pairs, PairComparisonInput input, ComparedFigures exact, CancellationToken cancel)
    {
        var (due, fresh) = frozen.DueIn(input.Window);
        var later = due.Count == 0 ? null
            : await new Replication(pairs, input.Options, input.Seed ^ input.Cohort).RunAsync(
                fresh, await PairComparison.BelievedAsync(pairs, input, cancel), due, cancel);
        Endpoint[] candidates =
            [.. exact.Candidates.Where(one => one.Status == "candidate" && exact.Family.Valid).Select(EndpointOf)];
        try
        {
            found.Add(exact.Candidates.Where(one => one.Status == "candidate").Select(EndpointOf));
            frozen.Follow(input.Window, candidates, exact.Family.Valid ? later?.Tests ?? [] : []);
        }
        catch (IOException fault)
        {
            throw new StoreException(0, $"what was found cannot be kept: {fault.Message}", retryable: true, fault);
        }

        return exact with
        {
            Candidates = [.. exact.Candidates.Select(one => frozen.StateOf(EndpointOf(one)) is { } state
                ? one with { State = CandidateStates.ToName(state) }
                : one)],
            Upheld = exact.Family.Valid ? await UpheldAsync(pairs, input, cancel) : [],
            Family = exact.Family with
            {
                Replication = later is null ? null : new(
                    later.Tests.Count, later.Tests.Count(test => test.Holds),
                    later.Power.IsSufficient ? "" : later.Power.Why),
            },
        };
    }

    /// <summary>What of our own list the window upholds without it: cases are those that lists of others make, so that
    /// no entry of ours keeps itself or another one alive.</summary>
    private static async Task<IReadOnlyList<string>> UpheldAsync(
        IPairCounts pairs, PairComparisonInput input, CancellationToken cancel)
    {
        var ours = input.Standing.ToLookup(sighting => sighting.List == PromotedList.Name);
        if (!ours[true].Any())
        {
            return [];
        }

        var byOthers = input with { Standing = [.. ours[false]] };
        var run = await new Replication(pairs, input.Options, input.Seed ^ input.Cohort).RunAsync(
            input.Window, await PairComparison.BelievedAsync(pairs, byOthers, cancel),
            ours[true].Select(sighting => sighting.Endpoint).Distinct(), cancel);
        return [.. run.Tests.Where(test => test.Holds).Select(test => test.Key.ToString())];
    }

    public static Endpoint EndpointOf(ReportCandidate candidate) => new(
        IpKey.Parse(candidate.Remote), candidate.Port,
        Protocols.TryParse(candidate.Protocol, out var protocol) ? protocol : (byte)0);
}
