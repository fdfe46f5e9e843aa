// SPDX-License-Identifier: Apache-2.0
//
// What of a comparison leaves outside the lab (docs/36-numbers.md): whole UTC days that are over and settled, told of
// once, with the vault's noise, and kept. Who asks again gets what was kept; a window that shares a day with one that
// was published is refused.
using Microsoft.AspNetCore.Http;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Contracts.Noise;
using Weir.Contracts.Protocol;
using Weir.Contracts.Reports;
using Weir.Hosting.Releases;
using Weir.Store.Publishing;

namespace Weir.Store.Runs;

/// <summary>Where noise comes from and what was published.</summary>
internal sealed record ComparisonShelf(
    PublishingOptions Options, WindowNoise Noise, EndpointFigures Figures, KeptComparisons Kept);

/// <summary>Decides what of a comparison is shown. Safe for one comparison at a time.</summary>
internal sealed class ComparisonPublisher(
    ComparisonOptions options, ComparisonShelf shelf, ReleaseChain chain, TimeProvider time)
{
    /// <summary>The days that are asked for; null in the lab, which may compare what it likes.</summary>
    /// <exception cref="Weir.Hosting.Peers.Serving.PeerRefusalException">Not whole days, or not over.</exception>
    public PublishedDays? DaysOf(CompareAsk ask)
    {
        if (options.IsLab)
        {
            return null;
        }

        return PublishedDays.OfWhole(ask.FromMs, ask.UntilMs) is not { } days
            ? throw chain.Refuse(
                StoreCodes.WindowOpen, "the window is not whole UTC days; ask for days, each from midnight to midnight",
                StatusCodes.Status409Conflict)
            : days.End + shelf.Options.Settle > time.GetUtcNow()
                ? throw chain.Refuse(
                    StoreCodes.WindowOpen,
                    $"the window {days} is open until {days.End + shelf.Options.Settle:yyyy-MM-dd HH:mm} UTC; ask "
                        + "then, or for days before",
                    StatusCodes.Status409Conflict)
            : days;
    }

    /// <summary>What was published of these days; null where nothing was.</summary>
    /// <exception cref="Weir.Hosting.Peers.Serving.PeerRefusalException">It was published under looser rules, or one of
    /// the days with others.</exception>
    public Comparison? FindKept(PublishedDays days, int askedK)
    {
        var rule = RuleFor(askedK);
        if (shelf.Kept.Find(days) is { } kept)
        {
            return kept.K >= rule.K && kept.MinimumBase >= rule.MinimumBase
                ? kept.Answer
                : throw chain.Refuse(
                    StoreCodes.BelowK,
                    FormattableString.Invariant($"{days} was published under k = {kept.K} before stricter rules came; ")
                        + "a window is told of once, ask for a later one",
                    StatusCodes.Status409Conflict);
        }

        return shelf.Kept.Overlapping(days) is { } other
            ? throw chain.Refuse(
                StoreCodes.WindowOverlaps,
                $"{other} was published and shares days with {days}: their difference would tell of few; ask for whole "
                    + "windows of one length",
                StatusCodes.Status409Conflict)
            : null;
    }

    /// <summary>The key of the window's noise; the caller disposes of it.</summary>
    /// <exception cref="Weir.Hosting.Peers.Serving.PeerRefusalException">It cannot be had.</exception>
    public async Task<IFigureNoise> NoiseAsync(PublishedDays days, CancellationToken cancel)
    {
        try
        {
            return await shelf.Noise.GetAsync(days, cancel);
        }
        catch (EpochKeyException gone)
        {
            throw chain.Refuse(
                StoreCodes.WindowErased, $"nothing was published of {days} in time: {gone.Message}",
                StatusCodes.Status410Gone);
        }
        catch (VaultDownException away)
        {
            throw chain.Refuse(
                StoreCodes.NoNoiseKey, $"the key of the window's noise cannot be had: {away.Message}; ask again",
                StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>Whether enough were seen for anything to be told; where not, nothing is noted of what was found either.
    /// </summary>
    public bool IsBaseMet(ComparedFigures exact, IFigureNoise noise, int askedK) =>
        new ComparisonAnonymizer(RuleFor(askedK), new(noise)).IsBaseMet(exact);

    /// <summary>Figures as they leave, and the endpoints that are held back; the figures that are told are written down
    /// before this returns.</summary>
    public (ComparedFigures Shaped, IReadOnlyList<WithheldEndpoint> Withheld) Shape(
        ComparedFigures exact, PublishedDays days, IFigureNoise noise, int askedK)
    {
        var shownBefore = new Lazy<IReadOnlyDictionary<string, string>>(() => shelf.Kept.ShownIn(days.Quarter));
        var anonymizer = new ComparisonAnonymizer(RuleFor(askedK), new FigureProtection(noise)
        {
            MayTell = names => shelf.Figures.TakeAll(names, days, EndpointFigures.Comparison),
            ShownAs = name => shownBefore.Value.GetValueOrDefault(name),
        });
        var shaped = anonymizer.Shape(exact);
        if (!shaped.IsBaseMet)
        {
            return (shaped, []);
        }

        var shown = shaped.Candidates.Select(ComparedEndpoints.EndpointOf).ToHashSet();
        return (shaped, [.. exact.Candidates.Where(c => !shown.Contains(ComparedEndpoints.EndpointOf(c))).Select(c =>
        {
            var (status, p, q) = anonymizer.OrdersOf(exact, c);
            return new WithheldEndpoint(
                ComparedEndpoints.EndpointOf(c).ToString(), status, p.ToString(), q.ToString()) { RestsOn = c.RestsOn };
        }).OrderBy(one => one.Endpoint, StringComparer.Ordinal)]);
    }

    /// <summary>Keeps what is about to leave, even where it says only that too few were seen.</summary>
    public void Keep(PublishedDays days, Comparison answer, int askedK)
    {
        var rule = RuleFor(askedK);
        shelf.Kept.Save(days, new(rule.K, rule.MinimumBase, answer));
    }

    private ReportKAnonymity RuleFor(int askedK)
    {
        var k = Math.Max(options.KAnonymity.K, askedK);
        return new ReportKAnonymity(k, Math.Max(k, options.KAnonymity.MinimumBase));
    }
}
