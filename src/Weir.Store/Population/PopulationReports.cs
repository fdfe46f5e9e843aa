// SPDX-License-Identifier: Apache-2.0
//
// The population plane's only door: a fixed report over a closed window, counted once, protected whole, kept, and from
// then on always the same answer (rules.md R11). Asking again after late rows came, after a restart or for another
// group first gives nothing to subtract. The caller has asked the policy engine and writes the audit entry before it
// shows a view.
using Weir.Contracts.Flows;
using Weir.Contracts.Population;

namespace Weir.Store.Population;

/// <summary>Answers the fixed reports. Safe for several callers.</summary>
/// <param name="counts">The flow store.</param>
/// <param name="answers">Answers given before.</param>
/// <param name="rules">How coarse.</param>
/// <param name="settle">How long after its end a window is still open: the exporters' active timeout and the time a
/// segment takes to the store.</param>
/// <param name="time">Clock.</param>
public sealed class PopulationReports(
    IPopulationCounts counts, IPopulationAnswers answers, PopulationKAnonymity rules, TimeSpan settle,
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

        var closed = time.GetUtcNow() - settle;
        var asked = PopulationWindow.LastBefore(closed, report.Window);
        if (window is not null && !PopulationWindow.TryParse(window, report.Window, out asked))
        {
            return Refused(PopulationRefusal.Unknown, $"'{window}' is no window of {name}; it takes a UTC "
                + $"{(report.Window == TimeSpan.FromDays(1) ? "day, 2026-11-22" : "hour, 2026-11-22T14")}");
        }

        if (asked.Until > closed)
        {
            return Refused(PopulationRefusal.WindowOpen, $"the window {asked} is open until "
                + $"{asked.Until + settle:yyyy-MM-dd HH:mm} UTC; ask then, or for an earlier one");
        }

        return CreateOutcome(await AnswerAsync(new(report, asked, endpoint), cancel), report, asked, group);
    }

    public void Dispose() => _one.Dispose();

    /// <summary>The answer kept, or a new one that is kept before anybody sees it. One at a time, so that two callers
    /// get the same.</summary>
    private async Task<PopulationAnswer> AnswerAsync(PopulationQuery question, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (await answers.FindAsync(question, cancel) is { } before)
            {
                return before;
            }

            var answer = Suppression.Protect(question, await counts.CountAsync(question, cancel), rules);
            await answers.SaveAsync(answer, cancel);
            return answer;
        }
        finally
        {
            _one.Release();
        }
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
