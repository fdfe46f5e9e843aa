// SPDX-License-Identifier: Apache-2.0
//
// The population plane's only door: a fixed report over a closed day, counted once, with the noise of that day,
// protected whole, kept, and from then on always the same answer (rules.md R11). Asking again after late rows came,
// after a restart or for another group first gives nothing to subtract. The caller has asked the policy engine and
// writes the audit entry before it shows a view.
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Population;
using Weir.Store.Publishing;

namespace Weir.Store.Population;

/// <summary>What the reports need of what was and is published.</summary>
/// <param name="Noise">Keys of noise.</param>
/// <param name="Figures">What was told of endpoints.</param>
/// <param name="Settle">How long after its end a day is still open: the exporters' active timeout and the time a
/// segment takes to the store.</param>
/// <param name="IsCompared">Whether the comparison of a day, a UTC day since the UNIX epoch, was published: its figures
/// come first, so that nobody has a candidate vanish by asking about it.</param>
public sealed record PopulationPublishing(
    WindowNoise Noise, EndpointFigures Figures, TimeSpan Settle, Func<uint, bool> IsCompared);

/// <summary>Answers the fixed reports. Safe for several callers.</summary>
/// <param name="counts">The flow store.</param>
/// <param name="answers">Answers given before.</param>
/// <param name="rules">How coarse.</param>
/// <param name="publishing">The noise, what was told of endpoints, and when a day is settled.</param>
/// <param name="time">Clock.</param>
public sealed class PopulationReports(
    IPopulationCounts counts, IPopulationAnswers answers, PopulationKAnonymity rules, PopulationPublishing publishing,
    TimeProvider time)
    : IPopulationReports, IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Answers a question.</summary>
    /// <param name="name">One of <see cref="PopulationReport.All"/>.</param>
    /// <param name="group">A network group, or null for everybody.</param>
    /// <param name="window">As <see cref="PopulationWindow.TryParse"/> reads it; null for the
    /// latest closed one.</param>
    /// <param name="endpoint">For the report that is about one.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<PopulationOutcome> QueryAsync(
        string name, string? group, string? window, Endpoint? endpoint, CancellationToken cancel)
    {
        if (PopulationReport.Find(name) is not { } report)
        {
            return Refused(PopulationRefusal.Unknown, $"there is no report '{name}'; the reports are "
                + $"{string.Join(", ", PopulationReport.All.Select(r => r.Name))}");
        }

        if (endpoint is null == (report.Key == PopulationKey.Endpoint))
        {
            return Refused(PopulationRefusal.Unknown, endpoint is null
                ? $"{name} is about one endpoint; name it, 192.0.2.7:443/tcp"
                : $"{name} is about no endpoint; leave it out");
        }

        if (group is not null && !report.IsByGroup)
        {
            return Refused(PopulationRefusal.Unknown, $"{name} is told for all networks together; leave the group out");
        }

        // The lab compares and asks until now.
        var closed = rules.HidesNothing ? DateTimeOffset.MaxValue : time.GetUtcNow() - publishing.Settle;
        var asked = PopulationWindow.LastBefore(time.GetUtcNow() - publishing.Settle);
        if (window is not null && !PopulationWindow.TryParse(window, out asked))
        {
            return Refused(
                PopulationRefusal.Unknown, $"'{window}' is no window of {name}; it takes a UTC day, 2026-11-22");
        }

        if (asked.Until > closed)
        {
            return Refused(PopulationRefusal.WindowOpen, $"the window {asked} is open until "
                + $"{asked.Until + publishing.Settle:yyyy-MM-dd HH:mm} UTC; ask then, or for an earlier one");
        }

        if (endpoint is not null && !rules.HidesNothing && !publishing.IsCompared(asked.Days.From))
        {
            return Refused(
                PopulationRefusal.WindowOpen,
                $"the comparison of {asked} is not published yet, and what it finds is told "
                    + "first; ask once its report is there");
        }

        try
        {
            var (answer, why) = await AnswerAsync(new(report, asked, endpoint), cancel);
            return answer is null ? Refused(PopulationRefusal.FiguresSpent, why)
                : CreateOutcome(answer, report, asked, group);
        }
        catch (EpochKeyException gone)
        {
            return Refused(
                PopulationRefusal.WindowErased,
                $"nothing was published of {asked} in time, and only what was published before can be: {gone.Message}");
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>The answer kept, or a new one that is kept before anybody sees it. One at a time, so that two callers
    /// get the same.</summary>
    /// <returns>Null where nothing further may be told, and why.</returns>
    private async Task<(PopulationAnswer? Answer, string Why)> AnswerAsync(PopulationQuery question,
        CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (await answers.FindAsync(question, cancel) is { } before)
            {
                return (before, "");
            }

            if (rules.HidesNothing)
            {
                return (await KeepAsync(question, await counts.CountAsync(question, cancel), cancel), "");
            }

            if (question.Endpoint is { } endpoint && publishing.Figures.Take(
                endpoint.ToString(), question.Window.Days, question.Report.Name) != FigureLeave.Given)
            {
                return (null,
                    $"{endpoint} was told of for {question.Window} by another report, or {EndpointFigures.MostAsked} "
                    + $"times in this quarter on question and {EndpointFigures.MostPerQuarter} in all; a figure of its "
                    + "next quarter can be asked for (rules.md R11)");
            }

            using var noise = await publishing.Noise.GetAsync(question.Window.Days, cancel);
            var table = await counts.CountAsync(question, cancel);
            var drawn = await answers.FindBaseAsync(question.Window, cancel);
            if (drawn is null)
            {
                drawn = NoisyTable.BaseOf(question.Window, table, noise);
                await answers.SaveBaseAsync(drawn, cancel);
            }

            return drawn.Groups.SequenceEqual(table.Groups)
                ? (await KeepAsync(question, NoisyTable.Blur(question, table, drawn, noise), cancel), "")
                : (null, $"{question.Window} was told of with the networks in other groups; the difference would tell "
                    + "of few, so ask for a day after they were changed");
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<PopulationAnswer> KeepAsync(
        PopulationQuery question, ExactTable table, CancellationToken cancel)
    {
        var answer = Suppression.Protect(question, table, rules) with { Made = PopulationAnswer.WithNoise };
        await answers.SaveAsync(answer, cancel);
        return answer;
    }

    private PopulationOutcome CreateOutcome(
        PopulationAnswer answer, PopulationReport report, PopulationWindow window, string? group)
    {
        if (!answer.Meets(rules))
        {
            return Refused(PopulationRefusal.BelowK, $"{report.Name} {window} was answered under k = {answer.K} before "
                + "stricter rules came; a window is counted once, ask for a later one");
        }

        if (answer.Base.Kind == PublishedCellKind.Withheld)
        {
            return Refused(
                PopulationRefusal.PopulationTooSmall,
                $"fewer than {rules.Base} subjects were active in {window} (rules.md R11)");
        }

        if (group is null)
        {
            return new(new(report.Name, window.ToString(), "", answer.K, answer.Base, [
                .. answer.Lines.Select(l => KeyValuePair.Create(l.Key, l.Total))]), null, "");
        }

        var at = answer.Groups.ToList().IndexOf(group);
        if (at < 0)
        {
            return Refused(
                PopulationRefusal.Unknown, $"no network is in a group '{group}' (attributing.networks, group)");
        }

        if (answer.Bases[at].Kind == PublishedCellKind.Withheld)
        {
            return Refused(
                PopulationRefusal.PopulationTooSmall,
                $"group '{group}' had fewer than {rules.Base} active subjects in {window}, or is held back so that a "
                    + "smaller group cannot be worked out (rules.md R11)");
        }

        var lines = answer.Lines.Select(l => KeyValuePair.Create(l.Key, l.Groups[at]))
            .Where(l => report.NamesItsLines || l.Value.Kind != PublishedCellKind.Withheld);
        return new(new(report.Name, window.ToString(), group, answer.K, answer.Bases[at], [.. lines]), null, "");
    }

    private static PopulationOutcome Refused(PopulationRefusal refusal, string why) => new(null, refusal, why);
}
